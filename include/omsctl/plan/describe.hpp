/// A plan in words: the table a person confirms, and every command for those who want to see all.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "omsctl/plan/plan.hpp"

namespace omsctl::plan {

/// One line: what an action does.
[[nodiscard]] std::string headline(const Action& action);

/// The exact commands or statements of an action, one a line; passwords are in none.
[[nodiscard]] std::vector<std::string> commands(const Action& action);

/// Stages with their steps, where they run, outage marks, and which steps of the way back undo
/// each.
[[nodiscard]] std::string table(const Plan& plan);

/// What the plan calls on hosts: functions for a POSIX shell, to be read, and loaded there by one
/// who repeats a call by hand.
[[nodiscard]] std::string functions(const Plan& plan);

/// The artifact of a run that holds them.
inline constexpr const char* functions_artifact = "scripts.sh";

/// Every step with its source, its exact commands and probes, and those of the way back.
[[nodiscard]] std::string details(const Plan& plan);

/// The commands of the steps that are not `done`, for a person who does them by hand.
[[nodiscard]] std::vector<std::string> by_hand(const Plan& plan, const std::set<std::string>& done);

}  // namespace omsctl::plan
