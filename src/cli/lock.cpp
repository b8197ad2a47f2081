#include "lock.hpp"

#include <optional>

#include <fmt/format.h>

#include "omsctl/base/error.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/metadb/database.hpp"
#include "omsctl/run/interrupt.hpp"
#include "omsctl/run/store/saved_run.hpp"

#include "execution.hpp"
#include "metadb_access.hpp"

namespace omsctl::cli {
namespace {

using base::Code;
using base::Error;

LockReport report_of(const metadb::LeaseRecord& lease, const Options& options) {
  const auto state = state_directory(options);
  const run::Standing standing = run::standing_of(run::evidence_of(lease, state));
  if (run::is_void(lease, state))
    return {
        lease,
        standing.says() + ", and keeps nobody out: the next run takes over by itself",
        standing.where == run::Where::never_begun ? "run what you wanted to run" : standing.next};
  return {lease, standing.says(), standing.next};
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
  const run::Interrupts interrupts;
  if (!asked(options, output, "this takes the deployment from a run", interrupts.token())) {
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
