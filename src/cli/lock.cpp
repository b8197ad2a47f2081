#include <optional>

#include <fmt/format.h>

#include "omsctl/base/error.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/cli/commands.hpp"
#include "omsctl/plan/plan.hpp"
#include "omsctl/run/store/directory.hpp"

#include "another_run.hpp"
#include "execution.hpp"
#include "metadb_access.hpp"

namespace omsctl::cli {
namespace {

using base::Code;
using base::Error;

/// Whether its process is known to live: it works from this machine and holds its directory's lock.
bool lives_here(const metadb::LeaseRecord& lease, const Options& options) {
  if (lease.host != this_machine())
    return false;
  try {
    return run::RunDirectory::open(state_directory(options), lease.run).is_locked();
  } catch (const Error&) {
    return false;  // its state lies elsewhere, or it is no run
  }
}

LockReport report_of(const metadb::LeaseRecord& lease, const Options& options) {
  LockReport report{.lease = lease, .state = {}, .next = {}};
  if (!lease.expired || lives_here(lease, options)) {
    report.state = lease.expired ? "its process lives and has not reached the MetaDB for a while"
                                 : "it works, or ended less than a minute ago";
    // A restore is no run that could be looked at.
    report.next =
        lease.command.starts_with("metadb ")
            ? "wait for it: it is one transaction"
            : fmt::format(
                  "wait for it, or look at it on {}: omsctl runs {}", lease.host, lease.run);
    return report;
  }
  if (!lease.changed || is_void(lease, state_directory(options))) {
    report.state = "dead before it changed anything: the next run takes over by itself";
    report.next = "run what you wanted to run";
    return report;
  }
  report.state = "stopped midway";
  report.next = lease.command == plan::rollback_command
                    ? fmt::format("on {}: omsctl rollback {}", lease.host, lease.run)
                    : fmt::format("on {0}: omsctl resume {1}   or back with: omsctl rollback {1}",
                                  lease.host,
                                  lease.run);
  return report;
}

}  // namespace

int lock_show(const Options& options, Output& output) {
  remote::Fleet fleet(options.reach);
  const MetadbAccess access = reach_metadb(options, output, fleet);
  metadb::Database database = access.connect();
  const auto lease = metadb::read_lease(database, access.settings.rm_db);
  output.lock(lease ? std::optional(report_of(*lease, options)) : std::nullopt);
  output.result(0, "");
  return 0;
}

int lock_break(const Options& options, Output& output) {
  remote::Fleet fleet(options.reach);
  const MetadbAccess access = reach_metadb(options, output, fleet);
  metadb::Database database = access.connect();
  const auto lease = metadb::read_lease(database, access.settings.rm_db);
  if (!lease)
    throw Error(Code::refused,
                fmt::format("nobody holds {}; nothing was changed", access.deployment),
                "there is nothing to break: run what you wanted to run");
  if (lease->run != options.run)
    throw Error(Code::refused,
                fmt::format("\"{}\" does not hold {}: run {} of {} on {} does, since {}; nothing "
                            "was changed",
                            base::printable(options.run),
                            access.deployment,
                            lease->run,
                            lease->holder,
                            lease->host,
                            lease->since),
                "look at it first: omsctl lock show");
  output.lock(report_of(*lease, options));
  output.say(
      "Breaking it lets another run begin. A run that lives stops before its next write, and "
      "what it has done stays as it is.");
  if (lease->changed)
    output.say(
        fmt::format("Run {0} may have left things half done, OMS stopped among them: its own "
                    "rollback or resume is the way out, and needs no broken lock.",
                    lease->run));
  if (!asked(options, output, "this takes the deployment from a run")) {
    output.result(0, "not confirmed: nothing was changed");
    return 0;
  }
  if (!metadb::break_lease(database, access.settings.rm_db, lease->run))
    throw Error(Code::refused,
                fmt::format("run {} has given the deployment back meanwhile, or another has taken "
                            "it; nothing was changed",
                            lease->run),
                "omsctl lock show tells who holds it now");
  output.result(0, fmt::format("broken: run {} no longer holds {}", lease->run, access.deployment));
  return 0;
}

}  // namespace omsctl::cli
