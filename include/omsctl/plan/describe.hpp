/// A plan in words: the table a person confirms, and every command for those who want to see all.
#pragma once

#include <string>
#include <vector>

#include "omsctl/plan/plan.hpp"

namespace omsctl::plan {

/// One line: what an action does.
[[nodiscard]] std::string headline(const Action& action);

/// The exact commands or statements of an action, one a line; passwords are in none.
[[nodiscard]] std::vector<std::string> commands(const Action& action);

/// Stages with their steps, where they run, outage marks and how each is undone; at most `width`
/// columns.
[[nodiscard]] std::string table(const Plan& plan);

/// What the plan calls on hosts: functions for a POSIX shell, to be read, and loaded there by one
/// who repeats a call by hand.
[[nodiscard]] std::string functions(const Plan& plan);

/// The artifact of a run that holds them.
inline constexpr const char* functions_artifact = "scripts.sh";

/// Every step with its source, its exact commands, probes and undo.
[[nodiscard]] std::string details(const Plan& plan);

}  // namespace omsctl::plan
