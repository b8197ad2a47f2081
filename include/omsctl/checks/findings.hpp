/// What the checks found: named, with evidence and the fix.
#pragma once

#include <string>
#include <vector>

namespace omsctl::checks {

enum class Severity {
  error,    ///< nothing is changed until it is mended (or skipped with --skip-check)
  warning,  ///< worth a look; does not stop anything
  note,     ///< good to know
};

struct Finding {
  std::string id;  ///< "vip.unreachable"; what --skip-check takes
  Severity severity = Severity::error;
  std::string where;      ///< a host, "MetaDB", "VIP", "config.yaml"
  std::string evidence;   ///< what was seen
  std::string fix;        ///< what to do about it
  bool skippable = true;  ///< false: a plan cannot even be made
};

using Findings = std::vector<Finding>;

[[nodiscard]] bool has_errors(const Findings& findings);

/// The findings for people: errors first, each with its id, place, evidence and fix. Safe for a
/// terminal.
[[nodiscard]] std::string describe(const Findings& findings);

}  // namespace omsctl::checks
