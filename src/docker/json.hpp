/// Values out of what docker prints as JSON. Private to this room.
#pragma once

#include <type_traits>

#include <nlohmann/json.hpp>

#include "omsctl/base/json.hpp"

namespace omsctl::docker {

/// docker prints null where it means an empty list or object. Throws nlohmann::json::exception for
/// another type, and for a number that T cannot hold.
template <typename T>
T value_or(const nlohmann::json& object, const char* key, T fallback) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null())
    return fallback;
  if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>)
    if (!found->is_number_integer() || !base::says_the_same(found->template get<T>(), *found))
      throw nlohmann::json::type_error::create(302, "no number that fits", nullptr);
  return found->template get<T>();
}

inline nlohmann::json child(const nlohmann::json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() || found->is_null() ? nlohmann::json::object() : *found;
}

}  // namespace omsctl::docker
