/// Values out of what docker prints as JSON. Private to this room.
#pragma once

#include <nlohmann/json.hpp>

namespace omsctl::oms {

/// docker prints null where it means an empty list or object.
template <typename T>
T value_or(const nlohmann::json& object, const char* key, T fallback) {
  const auto found = object.find(key);
  return found == object.end() || found->is_null() ? fallback : found->template get<T>();
}

inline nlohmann::json child(const nlohmann::json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() || found->is_null() ? nlohmann::json::object() : *found;
}

}  // namespace omsctl::oms
