/// The program, from its command line to its exit code.
#pragma once

namespace omsctl::cli {

/// Parses the command line, runs the command, tells failures; returns the exit code.
int run_command_line(int argc, const char* const* argv);

}  // namespace omsctl::cli
