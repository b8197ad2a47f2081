#include "omsctl/run/executor.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "omsctl/base/error.hpp"
#include "omsctl/base/lists.hpp"
#include "omsctl/base/parallel.hpp"
#include "omsctl/plan/describe.hpp"

namespace omsctl::run {
namespace {

using base::Error;
using nlohmann::json;
using plan::Lane;
using plan::Outage;
using plan::Stage;
using plan::Step;

bool starts_programs(const Step& step) {
  return std::any_of(
      step.undo.actions.begin(), step.undo.actions.end(), [](const plan::Action& action) {
        return std::holds_alternative<plan::StartPrograms>(action);
      });
}

class Executor {
 public:
  Executor(Workbench& bench, Journal& journal, Listener& listener, std::stop_token stop)
      : bench_(bench), journal_(journal), listener_(listener), stop_(std::move(stop)) {}

  Outcome run(const plan::Plan& plan);

 private:
  void run_stage(const Stage& stage);
  void run_lane(const Lane& lane);
  bool run_step(const Step& step);
  [[nodiscard]] bool holds_already(const Step& step);
  void mark_if_changing(const Stage& stage);
  void note(json record);
  void fail(const Step& step, const std::string& reason, const Error* error);
  [[nodiscard]] bool decided();
  void undo_all();
  void settle(const std::string& stage);
  void release_lease();
  bool undo(const Step& step);
  [[nodiscard]] StepContext context(const Step& step, bool may_stop);
  [[nodiscard]] bool must_halt() const { return failed_ || stop_.stop_requested(); }
  template <typename Call>
  void tell(const Call& call) {
    const std::lock_guard lock(mutex_);
    call();
  }

  Workbench& bench_;
  Journal& journal_;
  Listener& listener_;
  std::stop_token stop_;
  std::mutex mutex_;  // guards everything below, and the listener
  Outcome outcome_;
  std::vector<const Step*> started_;
  std::size_t done_ = 0;
  std::atomic<bool> failed_ = false;
  bool marked_ = false;
  bool undoing_ = false;
  bool undo_failed_ = false;
  bool in_outage_ = false;
  base::TimePoint outage_began_{};
};

StepContext Executor::context(const Step& step, bool may_stop) {
  StepContext made;
  made.id = step.id;
  made.progress = [this, &step](const std::string& text) {
    tell([&] { listener_.progress(step, text); });
  };
  made.init_took = [this](double seconds) {
    tell([&] {
      if (in_outage_)
        outcome_.init += base::Milliseconds{static_cast<std::int64_t>(seconds * 1000)};
    });
  };
  made.id_changed = [this, &step](const metadb::ChangedId& changed) {
    journal_.append({{"event", event::id_changed},
                     {"step", step.id},
                     {"where", step.where},
                     {"table", changed.table},
                     {"name", changed.name},
                     {"old", changed.old_ids},
                     {"new", changed.new_ids}});
    tell([&] { listener_.id_changed(step, changed); });
  };
  made.undoing = undoing_;
  if (may_stop)
    made.stop = stop_;
  return made;
}

/// A record of what has happened already: when the disk is gone, going back counts more.
void Executor::note(json record) {
  try {
    journal_.append(std::move(record));
  } catch (const Error& error) {
    tell([&] {
      const std::string problem = error.what();
      if (!base::contains(outcome_.notes, problem))
        outcome_.notes.push_back(problem);
    });
  }
}

void Executor::fail(const Step& step, const std::string& reason, const Error* error) {
  failed_ = true;
  note({{"event", event::step_failed},
        {"step", step.id},
        {"where", step.where},
        {"reason", reason}});
  tell([&] {
    Failure failure{step.where, step.id, reason, "", {}};
    if (error != nullptr) {
      failure.hint = error->hint();
      failure.tail = error->trace();
    }
    outcome_.failures.push_back(failure);
    listener_.step_failed(step, reason);
  });
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
    journal_.append({{"event", event::step_started}, {"step", step.id}, {"where", step.where}});
    tell([&] {
      started_.push_back(&step);
      listener_.step_started(step);
    });
    const bool held = holds_already(step);
    if (!held)
      for (const plan::Action& action : step.apply)
        execute(action, bench_, context(step, step.interruption == plan::Interruption::allowed));
    const auto took = std::chrono::duration_cast<base::Milliseconds>(bench_.clock.now() - began);
    journal_.append({{"event", event::step_done},
                     {"step", step.id},
                     {"where", step.where},
                     {"held", held},
                     {"seconds", static_cast<double>(took.count()) / 1000}});
    tell([&] {
      ++done_;
      listener_.step_done(step, took, held);
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
  tell([&] {
    listener_.stage_started(stage);
    if (stage.outage == Outage::begins) {
      in_outage_ = true;
      outage_began_ = bench_.clock.now();
    }
  });
  base::for_each_parallel(
      stage.lanes.size(), stage.lanes.size(), [&](std::size_t i) { run_lane(stage.lanes[i]); });
  if (stage.outage == Outage::ends && !must_halt()) {
    in_outage_ = false;
    outcome_.outage =
        std::chrono::duration_cast<base::Milliseconds>(bench_.clock.now() - outage_began_);
  }
}

/// Whether a decisive step had an effect. A delete that failed had one only if its transaction was
/// committed, which the lease's last_step tells; when that cannot be asked, it counts as one.
bool Executor::decided() {
  for (const Step* started : started_) {
    const Step& step = *started;
    if (!step.decisive)
      continue;
    if (!plan::deletes_rows(step))
      return true;
    const bool failed = std::any_of(
        outcome_.failures.begin(), outcome_.failures.end(), [&](const Failure& failure) {
          return failure.step == step.id;
        });
    if (!failed)
      return true;
    try {
      metadb::Database database = metadb::Database::connect(bench_.endpoint);
      const auto lease = metadb::read_lease(database, bench_.rm_database);
      if (!lease || lease->last_step == step.id)
        return true;
    } catch (const Error&) {
      return true;
    }
  }
  return false;
}

bool Executor::undo(const Step& step) {
  if (step.undo.actions.empty())
    return true;
  note({{"event", event::undo_started}, {"step", step.id}, {"where", step.where}});
  tell([&] { listener_.undo_started(step); });
  std::string problem;
  try {
    for (const plan::Action& action : step.undo.actions)
      execute(action, bench_, context(step, false));
  } catch (const std::exception& error) {
    problem = error.what();
  }
  note({{"event", problem.empty() ? event::undo_done : event::undo_failed},
        {"step", step.id},
        {"where", step.where},
        {"reason", problem}});
  tell([&] { listener_.undo_ended(step, problem); });
  if (!problem.empty()) {
    undo_failed_ = true;
    for (const plan::Action& action : step.undo.actions)
      for (const std::string& command : plan::commands(action))
        outcome_.by_hand.push_back(command);
    outcome_.undo_problems.push_back(fmt::format("{} ({}): {}", step.id, step.where, problem));
  }
  return problem.empty();
}

/// Nothing decisive has happened: programs are started again first, then what was prepared is
/// removed. Where a program does not run again, all else stays: it is what the way back needs.
void Executor::undo_all() {
  undoing_ = true;
  std::vector<const Step*> newest_first(started_.rbegin(), started_.rend());
  // A delete that was begun was not committed, or this would not be the way back.
  std::erase_if(newest_first, [](const Step* step) { return plan::deletes_rows(*step); });
  const auto services =
      std::stable_partition(newest_first.begin(), newest_first.end(), [](const Step* step) {
        return starts_programs(*step);
      });
  for (auto step = newest_first.begin(); step != services; ++step)
    (void)undo(**step);
  if (undo_failed_)
    return;
  outcome_.services_back = true;
  for (auto step = services; step != newest_first.end(); ++step)
    (void)undo(**step);
}

/// How the run ended; before anything decisive, all that was done is taken back first.
void Executor::settle(const std::string& stage) {
  using State = Outcome::State;
  const bool may_go_back = !decided();
  if (may_go_back)
    undo_all();
  outcome_.taken_back = may_go_back && !undo_failed_;
  outcome_.services_stopped = in_outage_ && !outcome_.services_back;
  outcome_.initialised = stage == "prove";
  if (in_outage_)
    outcome_.outage =
        std::chrono::duration_cast<base::Milliseconds>(bench_.clock.now() - outage_began_);
  if (stop_.stop_requested()) {
    outcome_.state = State::interrupted;
    if (outcome_.failures.empty())
      outcome_.failures.push_back({started_.empty() ? "" : started_.back()->where,
                                   started_.empty() ? "start" : started_.back()->id,
                                   "interrupted on request after this step",
                                   "",
                                   {}});
  } else if (outcome_.services_back) {
    outcome_.state = State::undone;
  } else {
    outcome_.state = stage == "verify" ? State::unverified : State::stopped;
  }
}

/// A run that is over gives the lease back; one that stopped midway keeps its claim.
void Executor::release_lease() {
  if (outcome_.state != Outcome::State::done && !outcome_.services_back)
    return;
  try {
    bench_.lease.release();
  } catch (const Error& error) {
    outcome_.notes.push_back(fmt::format(
        "the lease could not be given back ({}); {}",
        error.what(),
        marked_
            ? "the next run from this machine and state directory clears it, others are refused "
              "until then"
            : "it ends by itself within a minute"));
  }
}

Outcome Executor::run(const plan::Plan& plan) {
  journal_.append({{"event", event::run_started},
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
  note({{"event", event::run_ended},
        {"state", name(outcome_.state)},
        {"undone", outcome_.services_back},
        {"reason", outcome_.failures.empty() ? "" : outcome_.failures.front().reason},
        {"outage_seconds", static_cast<double>(outcome_.outage.count()) / 1000},
        {"init_seconds", static_cast<double>(outcome_.init.count()) / 1000}});
  bench_.directory.give_up_reserve();
  release_lease();
  return outcome_;
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
