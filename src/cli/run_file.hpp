/// run.json: how a run was asked for, so that resume and rollback need no options. Private to this
/// room.
#pragma once

#include <string>
#include <vector>

#include "omsctl/facts/facts.hpp"
#include "omsctl/remote/ssh_client.hpp"

namespace omsctl::cli {

struct RunFile {
  facts::Choices choices;
  remote::ReachOptions reach;
  std::vector<std::string> skipped_checks;
  std::string metadb_via;  ///< as it was found out: empty for directly, else a host
};

[[nodiscard]] std::string encode(const RunFile& file);
/// Throws Error{storage}.
[[nodiscard]] RunFile decode_run_file(const std::string& text);

}  // namespace omsctl::cli
