/// resume. Private to this room.
#pragma once

#include "omsctl/cli/options.hpp"
#include "omsctl/cli/output/output.hpp"

namespace omsctl::cli {

/// Each returns the exit code.
int resume(const Options& options, Output& output);

}  // namespace omsctl::cli
