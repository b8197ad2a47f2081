/// Looks a finding up, for the tests of the rules.
#pragma once

#include <algorithm>
#include <string>

#include "omsctl/checks/findings.hpp"

namespace omsctl::checks {

/// The first finding with this id; nullptr when there is none.
inline const Finding* find(const Findings& findings, const std::string& id) {
  const auto found = std::find_if(
      findings.begin(), findings.end(), [&](const Finding& finding) { return finding.id == id; });
  return found == findings.end() ? nullptr : &*found;
}

}  // namespace omsctl::checks
