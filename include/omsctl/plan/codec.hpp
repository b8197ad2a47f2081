/// A plan as JSON and back, exactly.
#pragma once

#include <string>

#include "omsctl/plan/plan.hpp"

namespace omsctl::plan {

/// plan.json: stable key order, two blanks of indent.
[[nodiscard]] std::string encode(const Plan& plan);

/// Throws Error{storage} when `text` is no plan of the format that this omsctl knows, naming the
/// reason; of another format, with the version of omsctl that wrote it.
[[nodiscard]] Plan decode(const std::string& text);

/// What a plan of any format says of itself.
struct Head {
  int format = 0;
  std::string omsctl_version;  ///< that wrote it
  std::string run;
  std::string command;
  std::string deployment;
  std::string region;
};

/// Throws Error{storage} when `text` is no plan.
[[nodiscard]] Head head_of(const std::string& text);

}  // namespace omsctl::plan
