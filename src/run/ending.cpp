#include "ending.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "omsctl/plan/describe.hpp"
#include "omsctl/run/store/standing.hpp"

#include "go_back.hpp"

namespace omsctl::run {

using base::Error;
using plan::Step;

bool Progress::is_done_before(const Step& step) const {
  return done_before.contains(step.id) && (step.until.empty() || done_before.contains(step.until));
}

namespace {

/// Of a way back that has not done all, what a person would have to do instead. Where programs do
/// not run again after going back by itself, both ways are open, and need what was prepared.
std::vector<std::string> what_is_left(const plan::Plan& plan,
                                      const Progress& progress,
                                      bool services_alone) {
  std::set<std::string> not_by_hand = progress.done_here;
  for (const plan::Stage& stage : plan.stages)
    for (const plan::Lane& lane : stage.lanes)
      for (const Step& step : lane.steps)
        if (progress.is_done_before(step) || (services_alone && stage.outage == plan::Outage::no))
          not_by_hand.insert(step.id);
  return plan::by_hand(plan, not_by_hand);
}

/// Whoever goes back by itself leaves the lease to the run whose way back it is.
bool gives_lease_back(const plan::Plan& plan,
                      const Progress& progress,
                      const Course& course,
                      const Outcome& outcome) {
  using State = Outcome::State;
  const bool over = outcome.state == State::done || outcome.state == State::incomplete;
  const bool nothing_new = course.was_over && has_only_looked(plan, outcome.history);
  return !course.by_itself && (over || progress.taken_back.services || nothing_new);
}

void release_lease(const Progress& progress, Account& account, Workbench& bench) {
  try {
    bench.lease.release();
  } catch (const Error& error) {
    account.outcome.notes.push_back(fmt::format(
        "the lease could not be given back ({}); {}",
        error.what(),
        progress.marked
            ? "the next run from this machine and state directory clears it, others are refused "
              "until then"
            : "it ends by itself within a minute"));
  }
}

}  // namespace

void settle(const plan::Plan& plan,
            const std::string& stage,
            Progress& progress,
            const Course& course,
            Account& account,
            Workbench& bench,
            bool interrupted) {
  using State = Outcome::State;
  Outcome& outcome = account.outcome;
  // What a lost machine has done beyond the history may be in use by now.
  if (!course.back && !course.unsure_beyond && !decided(progress.started, account, bench))
    progress.taken_back = take_back(plan, progress.started, account, bench);
  account.measure_outage();
  if (interrupted) {
    outcome.state = State::interrupted;
    if (outcome.failures.empty())
      outcome.failures.push_back({progress.started.empty() ? "" : progress.started.back()->where,
                                  progress.started.empty() ? "start" : progress.started.back()->id,
                                  "interrupted on request after this step",
                                  "",
                                  {}});
  } else if (progress.taken_back.services) {
    outcome.state = State::undone;
  } else {
    outcome.state = stage == "verify" ? State::unverified : State::stopped;
  }
}

void close(const plan::Plan& plan,
           const Progress& progress,
           const Course& course,
           Account& account,
           Workbench& bench) {
  Outcome& outcome = account.outcome;
  if (course.back && outcome.state != Outcome::State::done &&
      !has_only_looked(plan, outcome.history))
    outcome.by_hand = what_is_left(
        plan, progress, course.by_itself && outcome.state != Outcome::State::incomplete);
  nlohmann::json ended{
      {"event", event::run_ended},
      {"state", progress.taken_back.services ? end_state::rolled_back : name(outcome.state)},
      {"reason", outcome.failures.empty() ? "" : outcome.failures.front().reason},
      {"outage_seconds", static_cast<double>(outcome.outage.count()) / 1000},
      {"init_seconds", static_cast<double>(outcome.init.count()) / 1000}};
  if (progress.taken_back.services) {
    ended["by_itself"] = true;
    ended["complete"] = progress.taken_back.all;
  }
  account.note(ended);
  bench.directory.give_up_reserve();
  if (gives_lease_back(plan, progress, course, outcome))
    release_lease(progress, account, bench);
}

}  // namespace omsctl::run
