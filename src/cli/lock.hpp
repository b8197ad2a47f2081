/// lock show and lock break. Private to this room.
#pragma once

#include "omsctl/cli/options.hpp"
#include "omsctl/cli/output/output.hpp"

namespace omsctl::cli {

/// Each returns the exit code.
int lock_show(const Options& options, Output& output);
int lock_break(const Options& options, Output& output);

}  // namespace omsctl::cli
