/// run.json: how a run was asked for, so that resume and rollback need no options.
#pragma once

#include <string>
#include <vector>

#include "omsctl/remote/ssh_client.hpp"

namespace omsctl::run {

struct RunFile {
  std::string choices;  ///< JSON: what was chosen on the command line, as the command wrote it
  remote::ReachOptions reach;
  std::vector<std::string> skipped_checks;
  std::string metadb_via;  ///< as it was found out: empty for directly, else a host
};

inline constexpr int run_file_format = 2;

[[nodiscard]] std::string encode(const RunFile& file);
/// Throws Error{storage}.
[[nodiscard]] RunFile decode_run_file(const std::string& text);

}  // namespace omsctl::run
