/// Membership in a list, said in one word.
#pragma once

#include <algorithm>

namespace omsctl::base {

/// Whether `list` holds an element equal to `item`.
template <typename List, typename Item>
[[nodiscard]] bool contains(const List& list, const Item& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

}  // namespace omsctl::base
