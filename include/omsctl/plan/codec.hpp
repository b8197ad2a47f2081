/// A plan as JSON and back, exactly.
#pragma once

#include <string>

#include "omsctl/plan/plan.hpp"

namespace omsctl::plan {

/// plan.json: stable key order, two blanks of indent.
[[nodiscard]] std::string encode(const Plan& plan);

/// Throws Error{storage} when `text` is no plan of a format that this omsctl knows, naming the
/// reason.
[[nodiscard]] Plan decode(const std::string& text);

}  // namespace omsctl::plan
