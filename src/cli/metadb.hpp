/// metadb: copies of the MetaDB made, listed, verified, put back. Private to this room.
#pragma once

#include "omsctl/cli/options.hpp"
#include "omsctl/cli/output/output.hpp"

namespace omsctl::cli {

/// Each returns the exit code.
int metadb_backup(const Options& options, Output& output);
int metadb_list(const Options& options, Output& output);
int metadb_verify(const Options& options, Output& output);
int metadb_restore(const Options& options, Output& output);

}  // namespace omsctl::cli
