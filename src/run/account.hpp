/// What a run tells while it goes on: the journal, the listener and the outcome hear the same.
#pragma once

#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "omsctl/base/error.hpp"
#include "omsctl/run/executor.hpp"

namespace omsctl::run {

/// Called from the lanes' threads. The outcome is written under the lock of `tell`; whoever reads
/// it otherwise does so while no lane runs.
class Account {
 public:
  /// `by_itself`: of a run that goes back without being asked. No record counts more than that;
  /// there may be no journal at all then.
  Account(Workbench& bench, Journal* journal, Listener& listener, bool by_itself)
      : bench_(bench), journal_(journal), listener_(listener), by_itself_(by_itself) {}

  Outcome outcome;

  /// Calls `call(listener)`, one call at a time.
  template <typename Call>
  void tell(const Call& call) {
    const std::lock_guard lock(mutex_);
    call(listener_);
  }

  [[nodiscard]] bool has_journal() const { return journal_ != nullptr; }
  [[nodiscard]] Listener& listener() { return listener_; }
  /// A record that must be on disk before what follows. Throws Error{storage}, but not `by_itself`.
  void record(const nlohmann::json& record);
  /// A record of what has happened already: when the disk is gone, going back counts more.
  void note(const nlohmann::json& record);
  /// A note for the end of the run, once.
  void remember(const std::string& text);
  /// `step` failed: journal, outcome and listener are told.
  void fail(const plan::Step& step, const std::string& reason, const base::Error* error);

  /// Programs were stopped at that time, by an earlier process of this run or on its way forward.
  void outage_goes_on(base::TimePoint since);
  /// What the actions of `step` are given. A step that may not be interrupted gets no `stop`.
  [[nodiscard]] StepContext context(const plan::Step& step, std::stop_token stop);

  /// Whether the delete of this step was about to be committed: it may have been.
  [[nodiscard]] bool was_committing(const std::string& step) const {
    return committing_.contains(step);
  }

  void outage_begins();
  /// The first node is proven: what comes is no outage any more.
  void outage_ends();
  [[nodiscard]] bool in_outage() const { return in_outage_; }
  /// When it began; nothing while there is none.
  [[nodiscard]] std::optional<base::TimePoint> outage_since() const {
    return in_outage_ ? std::optional(outage_began_) : std::nullopt;
  }
  /// It was ended by another account, which has measured it.
  void outage_was(base::Milliseconds took);
  /// Until now, when the outage goes on.
  void measure_outage();

 private:
  Workbench& bench_;
  Journal* journal_;
  Listener& listener_;
  bool by_itself_;
  std::mutex mutex_;  // guards everything below, the outcome and the listener
  std::set<std::string> committing_;
  std::set<std::string> may_live_;  // steps whose docker_init.sh could not be followed to its end
  bool in_outage_ = false;
  base::TimePoint outage_began_{};
};

}  // namespace omsctl::run
