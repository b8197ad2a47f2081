/// One function per command; each returns the exit code.
#pragma once

#include "omsctl/cli/options.hpp"
#include "omsctl/cli/output/output.hpp"

namespace omsctl::cli {

int scale_out_node(const Options& options, Output& output);
int scale_out_region(const Options& options, Output& output);
int resume(const Options& options, Output& output);
int rollback(const Options& options, Output& output);
int attach(const Options& options, Output& output);
int check_node(const Options& options, Output& output);
int check_region(const Options& options, Output& output);
int config_check(const Options& options, Output& output);
int list_runs(const Options& options, Output& output);
int show_run(const Options& options, Output& output);
int metadb_backup(const Options& options, Output& output);
int metadb_list(const Options& options, Output& output);
int metadb_verify(const Options& options, Output& output);
int metadb_restore(const Options& options, Output& output);
int lock_show(const Options& options, Output& output);
int lock_break(const Options& options, Output& output);
int show_version(Output& output);

/// Parses the command line, runs the command, tells failures; returns the exit code.
int run_command_line(int argc, const char* const* argv);

}  // namespace omsctl::cli
