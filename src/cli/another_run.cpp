#include "another_run.hpp"

#include <unistd.h>

#include <array>

#include <fmt/format.h>

#include "omsctl/base/clock.hpp"
#include "omsctl/base/error.hpp"
#include "omsctl/facts/gather.hpp"
#include "omsctl/plan/plan.hpp"
#include "omsctl/run/store/directory.hpp"
#include "omsctl/run/store/history.hpp"
#include "omsctl/run/store/next_command.hpp"

namespace omsctl::cli {
namespace {

using base::Code;
using base::Error;
using facts::Facts;

/// The process that held the lease is known to be gone: same machine, and its run directory's lock
/// is free.
bool holder_is_gone(const metadb::LeaseRecord& lease, const std::filesystem::path& state) {
  if (lease.host != this_machine())
    return false;
  try {
    return !run::RunDirectory::open(state, lease.run).is_locked();
  } catch (const Error&) {
    return false;  // that run's state lies elsewhere
  }
}

/// The run is over, done or taken back, but could not give the lease back: the MetaDB was away, or
/// it was killed right there. One whose rollback has begun and not ended is not over.
bool is_over(const std::string& id, const std::filesystem::path& state) {
  try {
    const auto directory = run::RunDirectory::open(state, id);
    const auto history = run::history_of(run::read_journal(directory.path() / "journal.jsonl"));
    return history.is_over() && !run::is_going_back(directory.path(), history.state);
  } catch (const Error&) {
    return false;  // that run's state lies elsewhere
  }
}

}  // namespace

std::string this_machine() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown";
}

bool is_void(const metadb::LeaseRecord& lease, const std::filesystem::path& state) {
  const bool gone = lease.expired || holder_is_gone(lease, state);
  return gone && (!lease.changed || is_over(lease.run, state));
}

void refuse_when_locked(const Facts& facts, const std::filesystem::path& state) {
  const auto& lease = facts.metadb.lease;
  if (!lease || is_void(*lease, state))
    return;
  if (lease->expired || holder_is_gone(*lease, state))
    throw Error(
        Code::locked,
        fmt::format("run {} ({}) on {} by {} stopped midway (last step: {})",
                    lease->run,
                    lease->command,
                    lease->host,
                    lease->holder,
                    lease->last_step.empty() ? "none" : lease->last_step),
        lease->command == plan::rollback_command
            ? fmt::format("finish that: {}   or, when that is not possible any more: omsctl lock "
                          "break {}",
                          run::to_type("rollback", state / "runs" / lease->run),
                          lease->run)
            : fmt::format("go on with: {}   or, when neither is possible any more: omsctl lock "
                          "break {}",
                          run::both_ways(state / "runs" / lease->run),
                          lease->run));
  throw Error(Code::locked,
              fmt::format("run {} ({}) holds this deployment: {} on {} since {}",
                          lease->run,
                          lease->command,
                          lease->holder,
                          lease->host,
                          lease->since),
              fmt::format("wait for it (--lock-wait SECONDS), or look at it on {}: omsctl runs {}",
                          lease->host,
                          lease->run));
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
    return lease && !lease->expired && !is_void(*lease, state) && !holder_is_gone(*lease, state);
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
