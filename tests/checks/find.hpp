/// Looks a finding up, for the tests of the rules.
#pragma once

#include <algorithm>
#include <functional>
#include <string>

#include <gtest/gtest.h>

#include "omsctl/checks/findings.hpp"
#include "omsctl/facts/facts.hpp"

namespace omsctl::checks {

/// The first finding with this id; nullptr when there is none.
inline const Finding* find(const Findings& findings, const std::string& id) {
  const auto found = std::find_if(
      findings.begin(), findings.end(), [&](const Finding& finding) { return finding.id == id; });
  return found == findings.end() ? nullptr : &*found;
}

/// What is wrong with the deployment, the finding that must name it, and what its evidence must
/// contain.
struct Case {
  const char* name;
  std::function<void(facts::Facts&)> spoil;
  const char* id;
  const char* evidence;
};

/// Fails the test when `findings` do not refuse what `spoiled` has spoiled, with place and fix.
inline void expect_refused(const Findings& findings, const Case& spoiled) {
  const Finding* finding = find(findings, spoiled.id);
  ASSERT_NE(finding, nullptr) << describe(findings);
  EXPECT_EQ(finding->severity, Severity::error);
  EXPECT_NE(finding->evidence.find(spoiled.evidence), std::string::npos) << finding->evidence;
  EXPECT_FALSE(finding->where.empty());
  EXPECT_FALSE(finding->fix.empty());
}

}  // namespace omsctl::checks
