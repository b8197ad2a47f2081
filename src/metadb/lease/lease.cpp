#include "omsctl/metadb/lease/lease.hpp"

#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "omsctl/base/clock.hpp"
#include "omsctl/base/error.hpp"

#include "lease_table.hpp"

namespace omsctl::metadb {
namespace {

constexpr base::Milliseconds poll_interval{500};

/// Runs on a thread and a connection of its own. Ends by itself when the lease is no longer ours:
/// guard() and check() tell that to whoever relies on it.
void keep_renewing(const std::stop_token& stop,
                   const Endpoint& endpoint,
                   const LeaseTable& table,
                   std::uint64_t fence,
                   base::Milliseconds interval) {
  base::SystemClock clock;
  std::optional<Database> database;
  while (clock.pause(interval, stop)) {
    try {
      if (!database)
        database = connect_bounded(endpoint);
      if (!table.renew(*database, fence))
        return;
    } catch (const base::Error&) {
      // The MetaDB may be back for the next turn; the lease stays ours while nobody else takes it.
      database.reset();
    }
  }
}

[[noreturn]] void no_longer_ours(const std::optional<LeaseRecord>& now) {
  const std::string who =
      now ? fmt::format("run {} of {} on {} has taken it", now->run, now->holder, now->host)
          : std::string("it was released or broken");
  throw base::Error(base::Code::locked,
                    "this run no longer holds the deployment: " + who,
                    "see who works on it before anything else: omsctl lock show");
}

[[noreturn]] void held_by(const LeaseRecord& record) {
  if (record.expired && record.changed)
    throw base::Error(
        base::Code::locked,
        fmt::format("run {} of {} on host {} (\"{}\") stopped midway",
                    record.run,
                    record.holder,
                    record.host,
                    record.command),
        fmt::format(
            "what ends it: omsctl lock show; when that is not possible any more: omsctl lock "
            "break {}",
            record.run));
  throw base::Error(base::Code::locked,
                    fmt::format("run {} of {} on host {} (\"{}\") holds the deployment since {}",
                                record.run,
                                record.holder,
                                record.host,
                                record.command,
                                record.since),
                    "wait for it with --lock-wait 10m, or look at it: omsctl lock show");
}

/// One attempt to become the holder.
class Attempt {
 public:
  Attempt(Database& database,
          const LeaseTable& table,
          const Claim& claim,
          const std::function<bool(const LeaseRecord&)>& may_take_over)
      : database_(database), table_(table), claim_(claim), may_take_over_(may_take_over) {}

  /// True when there is nothing more to wait for: it is ours, or it never will be.
  bool decide() {
    // A row that is there for the insertion and gone for the reading was released in between: once
    // more.
    for (int i = 0; i < 3; ++i) {
      const std::uint64_t fresh = next_fence(database_, 0);
      if (table_.insert(database_, claim_, fresh)) {
        fence_ = fresh;
        return true;
      }
      holder_ = table_.read(database_);
      if (holder_)
        return take_from(*holder_);
    }
    return false;
  }

  [[nodiscard]] std::optional<std::uint64_t> fence() const { return fence_; }
  [[nodiscard]] const std::optional<LeaseRecord>& holder() const { return holder_; }

 private:
  bool take_from(const LeaseRecord& held) {
    const bool same_run = held.run == claim_.run;
    const bool stale = held.expired && (!held.changed || same_run);
    const bool gone = !stale && held.host == claim_.host && may_take_over_ && may_take_over_(held);
    if (!stale && !gone)
      return held.expired && held.changed;
    const std::uint64_t fresh = next_fence(database_, held.fence);
    if (!table_.take_over(database_, held, claim_, fresh, stale))
      return false;
    fence_ = fresh;
    return true;
  }

  Database& database_;
  const LeaseTable& table_;
  const Claim& claim_;
  const std::function<bool(const LeaseRecord&)>& may_take_over_;
  std::optional<std::uint64_t> fence_;
  std::optional<LeaseRecord> holder_;
};

}  // namespace

struct Lease::State {
  Endpoint endpoint;
  LeaseTable table;
  std::uint64_t fence;
  std::mutex mutex{};  ///< of `connection`
  std::optional<Database> connection{};
  std::jthread renewal{};

  /// `work` on the lease's own connection, made anew once when it was lost.
  template <typename Work>
  auto ask(const Work& work) {
    const std::lock_guard lock(mutex);
    if (connection) {
      try {
        return work(*connection);
      } catch (const DatabaseError& error) {
        connection.reset();
        if (!error.lost())
          throw;
      }
    }
    connection = connect_bounded(endpoint);
    return work(*connection);
  }
};

std::optional<LeaseRecord> read_lease(Database& database, const std::string& rm_database) {
  return LeaseTable(rm_database).read(database);
}

bool break_lease(Database& database, const std::string& rm_database, const std::string& run) {
  return LeaseTable(rm_database).remove_run(database, run);
}

std::unique_ptr<Lease> Lease::take(const Endpoint& endpoint,
                                   const std::string& rm_database,
                                   const Claim& claim,
                                   base::Milliseconds wait,
                                   const std::function<bool(const LeaseRecord&)>& may_take_over,
                                   const std::stop_token& stop,
                                   base::Milliseconds renew_every) {
  const LeaseTable table(rm_database);
  Database database = connect_bounded(endpoint);
  table.create(database);
  Attempt attempt(database, table, claim, may_take_over);
  base::SystemClock clock;
  const base::Waited waited =
      base::wait_until(clock, wait, poll_interval, stop, [&attempt] { return attempt.decide(); });
  if (!attempt.fence()) {
    if (waited == base::Waited::stopped)
      throw base::Error(base::Code::interrupted, "interrupted while waiting for another run");
    if (!attempt.holder())
      throw base::Error(base::Code::locked,
                        "the deployment's lease changes hands too fast to be taken");
    held_by(*attempt.holder());
  }
  std::unique_ptr<State> state(
      new State{.endpoint = endpoint, .table = table, .fence = *attempt.fence()});
  state->connection = std::move(database);
  state->renewal = std::jthread(
      [endpoint, table, fence = state->fence, renew_every](const std::stop_token& end) {
        keep_renewing(end, endpoint, table, fence, renew_every);
      });
  return std::unique_ptr<Lease>(new Lease(std::move(state)));
}

Lease::Lease(std::unique_ptr<State> state) : state_(std::move(state)) {}

Lease::~Lease() = default;

void Lease::guard(Database& database, const std::string& step, bool changed) const {
  if (!state_->table.write_step(database, state_->fence, step, changed))
    no_longer_ours(state_->table.read(database));
}

void Lease::check() {
  const auto now = state_->ask([this](Database& database) { return state_->table.read(database); });
  if (!now || now->fence != state_->fence)
    no_longer_ours(now);
}

void Lease::mark_changed(const std::string& step) {
  // One statement with autocommit: a transaction of its own.
  state_->ask([&](Database& database) { guard(database, step, true); });
}

void Lease::release() {
  state_->renewal = std::jthread();
  state_->ask([this](Database& database) { state_->table.remove(database, state_->fence); });
}

std::uint64_t Lease::fence() const noexcept {
  return state_->fence;
}

}  // namespace omsctl::metadb
