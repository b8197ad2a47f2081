/// A run on disk that resume or rollback takes up. Private to this room.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "omsctl/base/clock.hpp"
#include "omsctl/cli/options.hpp"
#include "omsctl/cli/output/output.hpp"
#include "omsctl/facts/facts.hpp"
#include "omsctl/metadb/database.hpp"
#include "omsctl/metadb/lease/lease.hpp"
#include "omsctl/remote/fleet.hpp"
#include "omsctl/run/actions.hpp"
#include "omsctl/run/store/saved_run.hpp"

namespace omsctl::cli {

/// The run that the command line names, fetched before with --from, and locked. Why `way` is not
/// open is thrown; nothing where nothing is left to do, which has been told then.
[[nodiscard]] std::optional<run::SavedRun> open_for(run::Way way,
                                                    const Options& options,
                                                    Output& output);

/// A saved run at work again: the ways to hosts and MetaDB, and the run's own claim, which
/// `command` has now.
class TakenRun {
 public:
  /// Throws Error{database} when there is no way to the MetaDB, Error{locked} when the claim is not
  /// the run's any more.
  TakenRun(const run::SavedRun& saved,
           const std::string& command,
           const Options& options,
           Output& output,
           std::stop_token stop);
  /// What the plan was made for must still be so: throws Error{stale} or Error{refused} otherwise.
  void require_fresh();
  [[nodiscard]] run::Workbench bench();

 private:
  const run::SavedRun& saved_;
  facts::Choices choices_;
  Output& output_;
  std::stop_token stop_;
  remote::Fleet fleet_;
  metadb::Endpoint endpoint_;
  std::unique_ptr<metadb::Lease> lease_;
  base::SystemClock clock_;
};

}  // namespace omsctl::cli
