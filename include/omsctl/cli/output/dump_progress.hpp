/// How far a dump is, told now and then.
#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "omsctl/cli/output/output.hpp"
#include "omsctl/metadb/copy/backup_info.hpp"
#include "omsctl/metadb/copy/progress.hpp"

namespace omsctl::cli {

/// Every few seconds a line with what is left, by the server's own estimates of its tables. Ends
/// the dump with Error{interrupted} when a stop is requested.
class DumpProgress {
 public:
  DumpProgress(Output& output, std::stop_token stop, const std::vector<metadb::TableSize>& sizes);
  DumpProgress(const DumpProgress&) = delete;
  DumpProgress& operator=(const DumpProgress&) = delete;
  DumpProgress(DumpProgress&&) = delete;
  DumpProgress& operator=(DumpProgress&&) = delete;
  ~DumpProgress();

  /// "about 1.2 GiB in 80 tables"
  [[nodiscard]] std::string expected() const;
  [[nodiscard]] metadb::Progress callback() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace omsctl::cli
