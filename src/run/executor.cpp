#include "omsctl/run/executor.hpp"

#include <algorithm>
#include <atomic>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "omsctl/base/error.hpp"
#include "omsctl/base/lists.hpp"
#include "omsctl/base/parallel.hpp"
#include "omsctl/plan/describe.hpp"
#include "omsctl/run/prober.hpp"
#include "omsctl/run/store/written_files.hpp"

#include "account.hpp"
#include "ending.hpp"
#include "taken_up.hpp"

namespace omsctl::run {
namespace {

using base::Error;
using plan::Lane;
using plan::Outage;
using plan::Stage;
using plan::Step;

bool only_asks(const Stage& stage) {
  return std::all_of(stage.lanes.begin(), stage.lanes.end(), [](const Lane& lane) {
    return std::all_of(lane.steps.begin(), lane.steps.end(), [](const Step& step) {
      return plan::only_asks(step);
    });
  });
}

class Executor {
 public:
  Executor(Workbench& bench,
           Journal* journal,
           Listener& listener,
           std::stop_token stop,
           const Course& course)
      : bench_(bench),
        account_(bench, journal, listener, course.by_itself),
        stop_(std::move(stop)),
        course_(course) {
    progress_.done_before = course.history.done;
    account_.outcome.history = course.history;
  }

  Outcome run(const plan::Plan& plan);

 private:
  void begin(const plan::Plan& plan);
  void take_up(const plan::Plan& plan);
  void run_stages(const plan::Plan& plan);
  void run_stage(const Stage& stage);
  void run_lane(const Lane& lane);
  bool run_step(const Step& step);
  void apply(const Step& step, bool held);
  [[nodiscard]] bool is_done_before(const Stage& stage) const;
  [[nodiscard]] bool holds_already(const Step& step);
  void mark_if_changing(const Stage& stage);
  void mark(const std::string& stage = {});
  void fail(const Step& step, const std::string& reason, const Error* error);
  [[nodiscard]] bool must_halt() const { return progress_.failed || stop_.stop_requested(); }
  /// Going back by itself, each node's programs are started whatever becomes of another's.
  [[nodiscard]] bool must_halt_lane() const { return !course_.by_itself && must_halt(); }

  Workbench& bench_;
  Account account_;
  std::stop_token stop_;
  const Course& course_;
  Progress progress_;
};

/// A stage after whose begin a run that dies leaves something half done.
bool is_changing(const Stage& stage) {
  return stage.outage != Outage::no ||
         std::any_of(stage.lanes.begin(), stage.lanes.end(), [](const Lane& lane) {
           return std::any_of(lane.steps.begin(), lane.steps.end(), [](const Step& step) {
             return step.decisive;
           });
         });
}

void Executor::fail(const Step& step, const std::string& reason, const Error* error) {
  progress_.failed = progress_.failed || !step.optional;
  if (step.optional)
    account_.tell([&](Listener&) { --progress_.running; });
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
  try {
    account_.record({{"event", event::step_started}, {"step", step.id}, {"where", step.where}});
    account_.tell([&](Listener& listener) {
      ++progress_.running;
      if (!base::contains(progress_.started, &step))
        progress_.started.push_back(&step);
      listener.step_started(step);
    });
    const bool held = holds_already(step);
    apply(step, held);
    const auto took = std::chrono::duration_cast<base::Milliseconds>(bench_.clock.now() - began);
    nlohmann::json done{{"event", event::step_done},
                        {"step", step.id},
                        {"where", step.where},
                        {"held", held},
                        {"seconds", static_cast<double>(took.count()) / 1000}};
    if (nlohmann::json files = files_recorded_by(step, bench_.directory); !files.empty())
      done[files_key] = std::move(files);
    account_.record(done);
    account_.tell([&](Listener& listener) {
      --progress_.running;
      progress_.done_here.insert(step.id);
      listener.step_done(step, took, held);
    });
    return true;
  } catch (const Error& error) {
    fail(step, error.what(), &error);
  } catch (const std::exception& error) {
    fail(step, error.what(), nullptr);
  }
  return step.optional;
}

void Executor::apply(const Step& step, bool held) {
  if (held)
    return;
  const bool may_stop = step.interruption == plan::Interruption::allowed;
  StepContext context = account_.context(step, may_stop ? stop_ : std::stop_token{});
  // The operator's word is about what he has read: of jobs that were started before.
  const bool known = course_.history.begun.contains(step.id);
  context.accept_init = course_.accept_init && known;
  if (course_.rerun_init && known)
    set_jobs_aside(step, bench_, context);
  for (const plan::Action& action : step.apply)
    execute(action, bench_, context);
}

bool Executor::is_done_before(const Stage& stage) const {
  return std::all_of(stage.lanes.begin(), stage.lanes.end(), [&](const Lane& lane) {
    return std::all_of(lane.steps.begin(), lane.steps.end(), [&](const Step& step) {
      return progress_.is_done_before(step);
    });
  });
}

void Executor::run_lane(const Lane& lane) {
  for (const Step& step : lane.steps) {
    if (progress_.is_done_before(step))
      continue;
    progress_.cut = progress_.cut || must_halt_lane();
    if (must_halt_lane() || !run_step(step))
      return;
  }
}

/// From here on a run that dies leaves something half done: the lease says so to whoever looks.
/// Taken up again, its last_step stays: by it a delete is known to be committed.
void Executor::mark_if_changing(const Stage& stage) {
  if (!progress_.marked && !course_.by_itself &&
      (course_.back ? !only_asks(stage) : is_changing(stage)))
    mark(stage.id);
}

void Executor::mark(const std::string& stage) {
  bench_.lease.mark_changed(course_.history.empty() && !course_.back ? stage : "");
  progress_.marked = true;
}

/// Where an earlier process of this run has stopped. A delete that was begun is done when the
/// lease's row says so, which its transaction has written too; else nothing came of it.
void Executor::take_up(const plan::Plan& plan) {
  const History& history = course_.history;
  account_.record({{"event", event::run_resumed}, {"run", plan.run}, {"command", plan.command}});
  for (const Step* step : plan::steps_of(plan.stages)) {
    const bool uncertain = course_.unsure_beyond || history.begun.contains(step->id);
    if (plan::deletes_rows(*step) && uncertain && !progress_.done_before.contains(step->id)) {
      if (!is_committed(*step, bench_))
        continue;
      account_.record({{"event", event::step_done},
                       {"step", step->id},
                       {"where", step->where},
                       {"held", true},
                       {"seconds", 0}});
      progress_.done_before.insert(step->id);
      progress_.started.push_back(step);
    } else if (history.begun.contains(step->id)) {
      progress_.started.push_back(step);
    }
  }
  // A claim that somebody has broken meanwhile was taken anew: it says again what is half done.
  for (const Stage& stage : plan.stages)
    for (const Lane& lane : stage.lanes)
      for (const Step& step : lane.steps)
        if (!progress_.marked && is_changing(stage) && base::contains(progress_.started, &step))
          mark();
}

void Executor::run_stage(const Stage& stage) {
  if (is_done_before(stage))
    return;
  try {
    mark_if_changing(stage);
    if (stage.outage == Outage::begins)
      account_.outage_begins();
  } catch (const Error& error) {
    fail(stage.lanes.front().steps.front(), error.what(), &error);
    return;
  }
  account_.tell([&](Listener& listener) { listener.stage_started(stage); });
  // Whatever lasts in the outage lasts for all.
  const std::size_t at_once = stage.outage == Outage::no ? bench_.parallel : stage.lanes.size();
  base::for_each_parallel(
      stage.lanes.size(), at_once, [&](std::size_t i) { run_lane(stage.lanes[i]); });
  if (stage.outage == Outage::ends && !must_halt())
    account_.outage_ends();
}

void Executor::run_stages(const plan::Plan& plan) {
  for (const Stage& stage : plan.stages) {
    if (!must_halt())
      run_stage(stage);
    else
      progress_.cut = progress_.cut || !is_done_before(stage);
    // An interruption during the last stage's last step comes too late to stop anything.
    const bool all_done = &stage == &plan.stages.back() && !progress_.failed && !progress_.cut &&
                          progress_.running == 0;
    if (must_halt() && !all_done) {
      settle(plan, stage.id, progress_, course_, account_, bench_, stop_.stop_requested());
      return;
    }
  }
  if (!account_.outcome.failures.empty())
    account_.outcome.state = Outcome::State::incomplete;
}

void Executor::begin(const plan::Plan& plan) {
  if (!course_.history.empty()) {
    take_up(plan);
  } else {
    nlohmann::json started{{"event", event::run_started},
                           {"run", plan.run},
                           {"command", plan.command},
                           {"deployment", plan.deployment}};
    if (account_.has_journal())
      started[files_key] = files_at_start(bench_.directory, course_.back);
    account_.record(started);
  }
  const auto milliseconds = [](double seconds) {
    return base::Milliseconds{static_cast<std::int64_t>(seconds * 1000)};
  };
  account_.outcome.outage = milliseconds(course_.history.outage_seconds);
  account_.outcome.init = milliseconds(course_.history.init_seconds);
  if (!course_.history.outage_began.empty())
    account_.outage_goes_on(bench_.clock.now() - base::since_utc(course_.history.outage_began));
  else if (course_.outage_since)
    account_.outage_goes_on(*course_.outage_since);
}

Outcome Executor::run(const plan::Plan& plan) {
  begin(plan);
  run_stages(plan);
  close(plan, progress_, course_, account_, bench_);
  return account_.outcome;
}

}  // namespace

std::string name(Outcome::State state) {
  switch (state) {
    case Outcome::State::done:
      return end_state::done;
    case Outcome::State::incomplete:
      return end_state::incomplete;
    case Outcome::State::undone:
      return "undone";
    case Outcome::State::stopped:
      return "stopped";
    case Outcome::State::unverified:
      return end_state::unverified;
    case Outcome::State::interrupted:
      return "interrupted";
  }
  return "";
}

Outcome execute_plan(const plan::Plan& plan,
                     Workbench& bench,
                     Journal* journal,
                     Listener& listener,
                     const std::stop_token& stop,
                     const Course& course) {
  return Executor(bench, journal, listener, stop, course).run(plan);
}

}  // namespace omsctl::run
