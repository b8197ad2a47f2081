/// A saved row found again by its key.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "omsctl/metadb/schema/table.hpp"

namespace omsctl::metadb {

/// The key of a tuple as a condition: "`a` = 1 AND `b` = 'x'". The columns of `table` are those of
/// the tuples, its key's among them.
class KeyOf {
 public:
  explicit KeyOf(const Table& table);
  [[nodiscard]] std::string operator()(std::string_view tuple) const;

 private:
  std::vector<std::size_t> positions_;
  std::vector<std::string> names_;
};

}  // namespace omsctl::metadb
