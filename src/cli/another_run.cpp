#include "another_run.hpp"

#include <fmt/format.h>

#include "omsctl/base/clock.hpp"
#include "omsctl/base/error.hpp"
#include "omsctl/facts/gather.hpp"
#include "omsctl/metadb/database.hpp"
#include "omsctl/run/store/saved_run.hpp"

namespace omsctl::cli {
namespace {

using base::Code;
using base::Error;
using facts::Facts;

run::Standing standing_of(const metadb::LeaseRecord& lease, const std::filesystem::path& state) {
  return run::standing_of(run::evidence_of(lease, state));
}

}  // namespace

void refuse_when_locked(const Facts& facts, const std::filesystem::path& state) {
  const auto& lease = facts.metadb.lease;
  if (!lease || run::is_void(*lease, state))
    return;
  const run::Standing standing = standing_of(*lease, state);
  if (standing.is_running())
    throw Error(Code::locked,
                fmt::format("run {} ({}) holds this deployment: {} on {} since {}",
                            lease->run,
                            lease->command,
                            lease->holder,
                            lease->host,
                            lease->since),
                standing.next + "   (--lock-wait SECONDS waits)");
  throw Error(Code::locked,
              fmt::format("run {} ({}) on {} by {} {} (last step: {})",
                          lease->run,
                          lease->command,
                          lease->host,
                          lease->holder,
                          standing.reason,
                          lease->last_step.empty() ? "none" : lease->last_step),
              standing.next);
}

void refuse_when_locked_by_now(const Facts& facts, const Options& options, remote::Fleet& fleet) {
  if (!facts.metadb.reachable)
    return;
  Facts now = facts;
  try {
    metadb::Database database = metadb::Database::connect(
        facts::endpoint_of(facts.target, options.choices.metadb_ca, facts.metadb.via, fleet));
    now.metadb.lease = metadb::read_lease(database, facts.target.rm_db);
  } catch (const Error&) {
    return;  // what the checks have found is told then
  }
  refuse_when_locked(now, state_directory(options));
}

bool waited_for_another(const Options& options,
                        const Facts& facts,
                        remote::Fleet& fleet,
                        Output& output,
                        const std::stop_token& stop) {
  const auto state = state_directory(options);
  const auto at_work = [&](const std::optional<metadb::LeaseRecord>& lease) {
    return lease && !lease->expired && standing_of(*lease, state).is_running();
  };
  if (options.lock_wait == 0 || !at_work(facts.metadb.lease))
    return false;
  output.say(fmt::format("waiting for run {} of {} on {}",
                         facts.metadb.lease->run,
                         facts.metadb.lease->holder,
                         facts.metadb.lease->host));
  base::SystemClock clock;
  const auto is_free = [&] {
    try {
      metadb::Database database = metadb::Database::connect(
          facts::endpoint_of(facts.target, options.choices.metadb_ca, facts.metadb.via, fleet));
      return !at_work(metadb::read_lease(database, facts.target.rm_db));
    } catch (const Error&) {
      return false;  // a MetaDB that is away for a moment: asked again
    }
  };
  (void)base::wait_until(
      clock, base::Seconds{options.lock_wait}, base::Milliseconds{1000}, stop, is_free);
  return true;
}

}  // namespace omsctl::cli
