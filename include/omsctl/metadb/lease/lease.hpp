/// One run at a time: the row in omsctl_lease that says who changes the deployment.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "omsctl/metadb/database.hpp"

namespace omsctl::metadb {

/// What the row says. Times are the server's clock; `age` and `left` are computed there.
struct LeaseRecord {
  std::string run;
  std::string holder;  ///< user
  std::string host;    ///< machine the run works from
  std::string command;
  std::string since;
  bool expired = false;
  bool changed = false;  ///< phase: something in the MetaDB or on the hosts may be half done
  std::uint64_t fence = 0;
  std::string last_step;
};

/// Who asks for the lease.
struct Claim {
  std::string run;
  std::string holder;
  std::string host;
  std::string command;
};

/// The lease's row, if the table and a held row exist. Read only: creates nothing.
[[nodiscard]] std::optional<LeaseRecord> read_lease(Database& database,
                                                    const std::string& rm_database);

/// Deletes the row of `run`, whoever holds it: `omsctl lock break`. False when there is no such
/// row.
bool break_lease(Database& database, const std::string& rm_database, const std::string& run);

/// How often a lease is renewed.
inline constexpr base::Milliseconds renewal_interval{10'000};

/// A held lease: 60 s long, renewed every 10 s on a connection and thread of its own until released
/// or destroyed. Expiry makes it stale, never free; while nobody else took it (the fence is
/// unchanged) it is still ours.
class Lease {
 public:
  /// Takes it or throws Error{locked} naming the holder, since when, and the next command. A stale
  /// lease whose phase is clean is taken over; a stale changed one only by the run it belongs to
  /// (resume, rollback), else refused at once. `may_take_over` decides for a lease of a run on this
  /// same machine (equal `host`) whose process is known to be gone (its run directory's flock is
  /// free). A take-over keeps the phase, and last_step when it is the same run's. Throws
  /// Error{interrupted} when a stop is requested while it waits.
  static std::unique_ptr<Lease> take(const Endpoint& endpoint,
                                     const std::string& rm_database,
                                     const Claim& claim,
                                     base::Milliseconds wait,
                                     const std::function<bool(const LeaseRecord&)>& may_take_over,
                                     const std::stop_token& stop = {},
                                     base::Milliseconds renew_every = renewal_interval);
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  Lease(Lease&&) = delete;
  Lease& operator=(Lease&&) = delete;
  ~Lease();  ///< within seconds: stops renewing; the row stays (a run that stops midway keeps its
             ///< claim until released)

  /// For every writing transaction, inside it: a conditional UPDATE on the fence that also sets
  /// last_step and, with `changed`, the phase. Throws Error{locked} when the lease is no longer
  /// ours.
  void guard(Database& database, const std::string& step, bool changed) const;
  /// For every step that changes a host: reads the row on the lease's own connection. Throws
  /// Error{locked} when it is no longer ours, Error{database} when the MetaDB cannot be asked.
  void check();
  /// Sets phase `changed` and last_step (an empty one: as it was) in a transaction of its own.
  void mark_changed(const std::string& step);
  /// Stops renewing and deletes the row (conditional on the fence; nothing to do when it is no
  /// longer ours). Returns within seconds, also when the MetaDB hangs: then with Error{database}.
  void release();
  [[nodiscard]] std::uint64_t fence() const noexcept;

 private:
  struct State;
  explicit Lease(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace omsctl::metadb
