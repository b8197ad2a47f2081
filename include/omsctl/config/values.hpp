/// config.yaml as plain values, whatever its form: what "equal" means.
#pragma once

#include <map>
#include <string>
#include <variant>
#include <vector>

namespace omsctl::config {

/// The file as plain values: a scalar as text (`!!bool "true"`, true and "true" are all "true";
/// 8088 and "8088" are "8088"; a key without a value is empty text), a list of them, or an absent
/// key. What "equal as parsed values" means (design §9).
using Value = std::variant<std::string, std::vector<std::string>>;
using Values = std::map<std::string, Value>;
/// Throws Error{config} when `text` is not a YAML mapping of scalars and lists.
[[nodiscard]] Values values_of(const std::string& text);

/// A key whose values differ; texts are for display, secrets blanked.
struct Difference {
  std::string key;
  std::string before;  ///< "(absent)" when missing
  std::string after;
};
[[nodiscard]] std::vector<Difference> differences(const Values& before, const Values& after);

}  // namespace omsctl::config
