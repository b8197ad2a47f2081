/// Unified diff of two texts.
#pragma once

#include <string>

namespace omsctl::base {

/// `before` → `after` as `diff -u` shows it, three lines of context, with the two labels as file
/// names; empty when they are equal.
[[nodiscard]] std::string unified_diff(const std::string& before,
                                       const std::string& after,
                                       const std::string& before_label,
                                       const std::string& after_label);

}  // namespace omsctl::base
