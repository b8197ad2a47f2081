/// A run that is on disk, taken up again.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "omsctl/config/settings.hpp"
#include "omsctl/metadb/database.hpp"
#include "omsctl/metadb/lease/lease.hpp"
#include "omsctl/plan/plan.hpp"
#include "omsctl/run/store/directory.hpp"
#include "omsctl/run/store/run_file.hpp"
#include "omsctl/run/store/standing.hpp"

namespace omsctl::run {

struct SavedRun {
  RunDirectory directory;  ///< locked: no other process of this machine works on it
  Evidence evidence;
  RunFile file;
  std::string target_text;
  config::Settings target;
  [[nodiscard]] const plan::Plan& plan() const { return *evidence.plan; }
};

/// The run in a locked directory, of which `evidence` was read and has a plan. A way back that has
/// changed nothing is forgotten: the run may go further. Throws Error{storage} when a file cannot
/// be read.
[[nodiscard]] SavedRun saved_run(RunDirectory directory, const Evidence& evidence);

/// A way back that has changed nothing leaves nothing: its plan fits what had begun then.
void forget_rollback(const std::filesystem::path& directory);

/// The name of this machine.
[[nodiscard]] std::string this_machine();

/// What is known here of the run that holds the deployment.
[[nodiscard]] Evidence evidence_of(const metadb::LeaseRecord& lease,
                                   const std::filesystem::path& state);

/// Whether a lease keeps nobody out: its holder is gone and has left nothing half done.
[[nodiscard]] bool is_void(const metadb::LeaseRecord& lease, const std::filesystem::path& state);

/// Takes the run's own claim over: at once where the run's last process is known to be gone;
/// elsewhere when its claim has expired, which is waited for until `stop`, and `say` is told.
/// Throws Error{locked} where the claim is no longer the run's, or another run holds the
/// deployment.
[[nodiscard]] std::unique_ptr<metadb::Lease> take_over(
    const SavedRun& saved,
    const metadb::Claim& claim,
    const metadb::Endpoint& endpoint,
    base::Milliseconds wait,
    const std::function<void(const std::string&)>& say,
    const std::stop_token& stop = {});

}  // namespace omsctl::run
