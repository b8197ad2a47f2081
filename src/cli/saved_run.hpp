/// A run that is on disk, taken up again. Private to this room.
#pragma once

#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>

#include "omsctl/cli/options.hpp"
#include "omsctl/cli/output.hpp"
#include "omsctl/metadb/lease.hpp"
#include "omsctl/oms/settings.hpp"
#include "omsctl/plan/plan.hpp"
#include "omsctl/remote/fleet.hpp"
#include "omsctl/run/directory.hpp"
#include "omsctl/run/history.hpp"

#include "run_file.hpp"

namespace omsctl::cli {

struct SavedRun {
  run::RunDirectory directory;  ///< locked: no other process of this machine works on it
  plan::Plan plan;
  RunFile file;  ///< the command line's ways to reach hosts and MetaDB are in it
  oms::Settings target;
  std::string target_text;
  run::History history;   ///< of the way forward
  run::History rollback;  ///< of the way back; empty when it has not begun
  /// A stage was begun after which a run that dies leaves something half done: from then on its
  /// claim keeps others out.
  [[nodiscard]] bool has_changed() const;
  bool fetched = false;  ///< from a second copy: what came after it is not in the history
};

/// A rollback that has changed nothing leaves nothing: its plan fits what had begun then, and the
/// run may go further.
void forget_rollback(const std::filesystem::path& directory);

/// Opens and locks it. Throws Error{usage} when there is none, Error{locked} when a process works
/// on it, Error{storage} when its files cannot be read.
[[nodiscard]] SavedRun open_saved_run(const Options& options, Output& output);

/// The way to the MetaDB: as the run had it, else directly or through a node. Throws
/// Error{database}.
[[nodiscard]] metadb::Endpoint reach_metadb(const SavedRun& saved, remote::Fleet& fleet);

/// Takes the run's own claim over: at once where the run's last process is known to be gone, which
/// its lock says on its own machine; elsewhere when its claim has expired, which is waited for.
[[nodiscard]] std::unique_ptr<metadb::Lease> take_over(const SavedRun& saved,
                                                       const std::string& command,
                                                       const metadb::Endpoint& endpoint,
                                                       const Options& options,
                                                       Output& output,
                                                       const std::stop_token& stop = {});

/// What the plan was made for must still be so: throws Error{stale} or Error{refused} otherwise.
void require_fresh(const SavedRun& saved,
                   remote::Fleet& fleet,
                   Output& output,
                   const std::stop_token& stop);

/// A run that is over keeps nobody out: gives back what it could not give back when it ended.
void give_up_claim(const SavedRun& saved, const Options& options, Output& output);

}  // namespace omsctl::cli
