/// The command line, parsed.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "omsctl/facts/facts.hpp"
#include "omsctl/remote/fleet.hpp"

namespace omsctl::cli {

struct Options {
  // Every command.
  std::string state_dir;
  bool json = false;
  bool no_color = false;
  bool verbose = false;
  remote::ReachOptions reach;
  // Commands that look at a deployment.
  facts::Choices choices;
  std::vector<std::string> skipped_checks;
  // Commands that change something.
  bool yes = false;
  bool dry_run = false;
  int lock_wait = 0;  ///< seconds
  bool rollback_on_failure = false;
  bool accept_init = false;
  bool rerun_init = false;
  // Arguments.
  std::string run;
  std::string copy;    ///< of the MetaDB, as `metadb list` shows it
  bool drill = false;  ///< metadb verify
  std::string file;
};

/// --state-dir, else the default. Throws Error{usage} when there is neither.
[[nodiscard]] std::filesystem::path state_directory(const Options& options);

}  // namespace omsctl::cli
