#include "omsctl/checks/findings.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "omsctl/base/text.hpp"

namespace omsctl::checks {

bool has_errors(const Findings& findings) {
  return std::any_of(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.severity == Severity::error;
  });
}

std::string describe(const Findings& findings) {
  const auto word = [](Severity severity) {
    return severity == Severity::error     ? "error"
           : severity == Severity::warning ? "warning"
                                           : "note";
  };
  std::string text;
  for (const Severity severity : {Severity::error, Severity::warning, Severity::note})
    for (const Finding& finding : findings) {
      if (finding.severity != severity)
        continue;
      text +=
          fmt::format("{}: {}  {}\n", word(severity), finding.id, base::printable(finding.where));
      text += fmt::format("    {}\n", base::printable(finding.evidence));
      if (!finding.fix.empty())
        text += fmt::format("    fix: {}\n", base::printable(finding.fix));
    }
  return text;
}

}  // namespace omsctl::checks
