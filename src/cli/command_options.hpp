/// Options that several commands share. Private to this room.
#pragma once

#include <CLI/CLI.hpp>

#include "omsctl/cli/options.hpp"

namespace omsctl::cli {

/// What every command takes.
void add_common(CLI::App& command, Options& options);
/// Ways to hosts and MetaDB.
void add_ways(CLI::App& command, Options& options);
/// What every command that asks the MetaDB takes.
void add_metadb(CLI::App& command, Options& options);
/// What every command that looks at a deployment takes.
void add_reach(CLI::App& command, Options& options);
/// What new nodes are to be like.
void add_node_choices(CLI::App& command, Options& options);
/// Which column of location_cm tells the regions apart.
void add_location_column(CLI::App& command, Options& options);
/// What a run does.
void add_run_choices(CLI::App& command, Options& options);
/// A run that is on disk.
void add_run(CLI::App& command, Options& options);
void add_from_copy(CLI::App& command, Options& options);
void add_dry_run(CLI::App& command, Options& options);
/// What every command that changes something takes.
void add_change(CLI::App& command, Options& options);

}  // namespace omsctl::cli
