/// What the two kinds of scale-out differ in; all else is one way. Private to this room.
#pragma once

#include <string>
#include <vector>

#include "omsctl/checks/findings.hpp"
#include "omsctl/facts/facts.hpp"
#include "omsctl/runbook/scale_out.hpp"

namespace omsctl::cli {

struct Kind {
  facts::Goal goal;
  checks::Findings (*check)(const facts::Facts& facts, const std::vector<std::string>& skipped);
  runbook::Runbook (*plan)(const facts::Facts& facts,
                           const std::string& run,
                           const std::string& version);
  const char* nothing_to_do;
};

[[nodiscard]] const Kind& kind_of(facts::Goal goal);

}  // namespace omsctl::cli
