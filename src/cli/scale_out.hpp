/// scale-out and check, of nodes and of a region. Private to this room.
#pragma once

#include "omsctl/cli/options.hpp"
#include "omsctl/cli/output/output.hpp"

namespace omsctl::cli {

/// Each returns the exit code.
int scale_out_node(const Options& options, Output& output);
int scale_out_region(const Options& options, Output& output);
int check_node(const Options& options, Output& output);
int check_region(const Options& options, Output& output);

}  // namespace omsctl::cli
