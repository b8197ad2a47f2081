/// Commands that look at what this machine has: config check, runs, version. Private to this room.
#pragma once

#include "omsctl/cli/options.hpp"
#include "omsctl/cli/output/output.hpp"

namespace omsctl::cli {

/// Each returns the exit code.
int config_check(const Options& options, Output& output);
int list_runs(const Options& options, Output& output);
int show_run(const Options& options, Output& output);
int show_version(Output& output);

}  // namespace omsctl::cli
