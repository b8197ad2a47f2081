/// How a run ended that was not done, in words for an operator. Private to this room.
#pragma once

#include <string>

#include "omsctl/run/executor.hpp"

namespace omsctl::cli {

/// What things are like now.
[[nodiscard]] std::string state_of(const run::Outcome& outcome);

/// "Next: …", what to type.
[[nodiscard]] std::string next_of(const run::Outcome& outcome, const std::string& run);

}  // namespace omsctl::cli
