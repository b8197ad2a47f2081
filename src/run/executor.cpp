#include "omsctl/run/executor.hpp"

#include <algorithm>
#include <atomic>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "omsctl/base/error.hpp"
#include "omsctl/base/parallel.hpp"

#include "account.hpp"
#include "way_back.hpp"

namespace omsctl::run {
namespace {

using base::Error;
using plan::Lane;
using plan::Outage;
using plan::Stage;
using plan::Step;

class Executor {
 public:
  Executor(Workbench& bench, Journal& journal, Listener& listener, std::stop_token stop)
      : bench_(bench), account_(bench, journal, listener), stop_(std::move(stop)) {}

  Outcome run(const plan::Plan& plan);

 private:
  void run_stage(const Stage& stage);
  void run_lane(const Lane& lane);
  bool run_step(const Step& step);
  [[nodiscard]] bool holds_already(const Step& step);
  void mark_if_changing(const Stage& stage);
  void fail(const Step& step, const std::string& reason, const Error* error);
  void settle(const std::string& stage);
  void release_lease();
  [[nodiscard]] bool must_halt() const { return failed_ || stop_.stop_requested(); }

  Workbench& bench_;
  Account account_;
  std::stop_token stop_;
  std::vector<const Step*> started_;  // written under the account's lock, as done_
  std::size_t done_ = 0;
  std::atomic<bool> failed_ = false;
  bool marked_ = false;
};

void Executor::fail(const Step& step, const std::string& reason, const Error* error) {
  failed_ = true;
  account_.fail(step, reason, error);
}

bool Executor::holds_already(const Step& step) {
  if (step.ensures.empty())
    return false;
  return std::all_of(step.ensures.begin(), step.ensures.end(), [&](const plan::Probe& probe) {
    Prober prober(probe, bench_);
    return prober.holds(stop_);
  });
}

/// The record is on disk before the first effect; the lease is looked at before every change
/// (design §6).
bool Executor::run_step(const Step& step) {
  const base::TimePoint began = bench_.clock.now();
  const bool may_stop = step.interruption == plan::Interruption::allowed;
  try {
    account_.record({{"event", event::step_started}, {"step", step.id}, {"where", step.where}});
    account_.tell([&](Listener& listener) {
      started_.push_back(&step);
      listener.step_started(step);
    });
    const bool held = holds_already(step);
    if (!held)
      for (const plan::Action& action : step.apply)
        execute(
            action, bench_, account_.context(step, false, may_stop ? stop_ : std::stop_token{}));
    const auto took = std::chrono::duration_cast<base::Milliseconds>(bench_.clock.now() - began);
    account_.record({{"event", event::step_done},
                     {"step", step.id},
                     {"where", step.where},
                     {"held", held},
                     {"seconds", static_cast<double>(took.count()) / 1000}});
    account_.tell([&](Listener& listener) {
      ++done_;
      listener.step_done(step, took, held);
    });
    return true;
  } catch (const Error& error) {
    fail(step, error.what(), &error);
  } catch (const std::exception& error) {
    fail(step, error.what(), nullptr);
  }
  return false;
}

void Executor::run_lane(const Lane& lane) {
  for (const Step& step : lane.steps)
    if (must_halt() || !run_step(step))
      return;
}

/// From here on a run that dies leaves something half done: the lease says so to whoever looks.
void Executor::mark_if_changing(const Stage& stage) {
  const bool decisive = std::any_of(stage.lanes.begin(), stage.lanes.end(), [](const Lane& lane) {
    return std::any_of(
        lane.steps.begin(), lane.steps.end(), [](const Step& step) { return step.decisive; });
  });
  if (marked_ || (stage.outage == Outage::no && !decisive))
    return;
  bench_.lease.mark_changed(stage.id);
  marked_ = true;
}

void Executor::run_stage(const Stage& stage) {
  try {
    mark_if_changing(stage);
  } catch (const Error& error) {
    fail(stage.lanes.front().steps.front(), error.what(), &error);
    return;
  }
  account_.tell([&](Listener& listener) { listener.stage_started(stage); });
  if (stage.outage == Outage::begins)
    account_.outage_begins();
  base::for_each_parallel(
      stage.lanes.size(), stage.lanes.size(), [&](std::size_t i) { run_lane(stage.lanes[i]); });
  if (stage.outage == Outage::ends && !must_halt())
    account_.outage_ends();
}

/// How the run ended; before anything decisive, all that was done is taken back first.
void Executor::settle(const std::string& stage) {
  using State = Outcome::State;
  Outcome& outcome = account_.outcome;
  if (!decided(started_, account_, bench_))
    take_back(started_, account_, bench_);
  outcome.services_stopped = account_.in_outage() && !outcome.services_back;
  outcome.initialised = stage == "prove";
  account_.measure_outage();
  if (stop_.stop_requested()) {
    outcome.state = State::interrupted;
    if (outcome.failures.empty())
      outcome.failures.push_back({started_.empty() ? "" : started_.back()->where,
                                  started_.empty() ? "start" : started_.back()->id,
                                  "interrupted on request after this step",
                                  "",
                                  {}});
  } else if (outcome.services_back) {
    outcome.state = State::undone;
  } else {
    outcome.state = stage == "verify" ? State::unverified : State::stopped;
  }
}

/// A run that is over gives the lease back; one that stopped midway keeps its claim.
void Executor::release_lease() {
  if (account_.outcome.state != Outcome::State::done && !account_.outcome.services_back)
    return;
  try {
    bench_.lease.release();
  } catch (const Error& error) {
    account_.outcome.notes.push_back(fmt::format(
        "the lease could not be given back ({}); {}",
        error.what(),
        marked_
            ? "the next run from this machine and state directory clears it, others are refused "
              "until then"
            : "it ends by itself within a minute"));
  }
}

Outcome Executor::run(const plan::Plan& plan) {
  account_.record({{"event", event::run_started},
                   {"run", plan.run},
                   {"command", plan.command},
                   {"deployment", plan.deployment}});
  for (const Stage& stage : plan.stages) {
    if (!must_halt())
      run_stage(stage);
    // An interruption during the last stage's last step comes too late to stop anything.
    const bool all_done = &stage == &plan.stages.back() && !failed_ && started_.size() == done_;
    if (must_halt() && !all_done) {
      settle(stage.id);
      break;
    }
  }
  account_.note(
      {{"event", event::run_ended},
       {"state", name(account_.outcome.state)},
       {"undone", account_.outcome.services_back},
       {"reason",
        account_.outcome.failures.empty() ? "" : account_.outcome.failures.front().reason},
       {"outage_seconds", static_cast<double>(account_.outcome.outage.count()) / 1000},
       {"init_seconds", static_cast<double>(account_.outcome.init.count()) / 1000}});
  bench_.directory.give_up_reserve();
  release_lease();
  return account_.outcome;
}

}  // namespace

std::string name(Outcome::State state) {
  switch (state) {
    case Outcome::State::done:
      return "done";
    case Outcome::State::undone:
      return "undone";
    case Outcome::State::stopped:
      return "stopped";
    case Outcome::State::unverified:
      return "unverified";
    case Outcome::State::interrupted:
      return "interrupted";
  }
  return "";
}

Outcome execute_plan(const plan::Plan& plan,
                     Workbench& bench,
                     Journal& journal,
                     Listener& listener,
                     const std::stop_token& stop) {
  return Executor(bench, journal, listener, stop).run(plan);
}

}  // namespace omsctl::run
