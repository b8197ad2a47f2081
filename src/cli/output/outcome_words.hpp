/// How a run ended that was not done, in words for an operator. Private to this room.
#pragma once

#include <string>

#include "omsctl/cli/output/output.hpp"

namespace omsctl::cli {

/// The one line of a run, or a rollback, that was done.
[[nodiscard]] std::string done_of(const RunReport& report);

/// What things are like now.
[[nodiscard]] std::string state_of(const RunReport& report);

/// "Next: …", what to type.
[[nodiscard]] std::string next_of(const RunReport& report);

}  // namespace omsctl::cli
