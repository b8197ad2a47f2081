#include "ending.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "omsctl/plan/describe.hpp"
#include "omsctl/run/store/standing.hpp"

#include "way_back.hpp"

namespace omsctl::run {

using base::Error;
using plan::Step;

bool Progress::is_done_before(const Step& step) const {
  return done_before.contains(step.id) && (step.until.empty() || done_before.contains(step.until));
}

namespace {

/// Of a way back that stops, what a person would have to do instead.
void tell_rest(const plan::Plan& plan, const Progress& progress, Outcome& outcome) {
  for (const Step* step : plan::steps_of(plan.stages)) {
    if (progress.done_here.contains(step->id) || progress.is_done_before(*step) ||
        plan::only_asks(*step))
      continue;
    outcome.by_hand.push_back(fmt::format("# {}: {}", step->where, step->title));
    for (const plan::Action& action : step->apply)
      for (const std::string& command : plan::commands(action))
        outcome.by_hand.push_back(command);
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
  if (course.back && !has_only_looked(plan, outcome.history))
    tell_rest(plan, progress, outcome);
  else if (!course.back && !decided(progress.started, account, bench))
    progress.services_back = take_back(progress.started, account, bench);
  account.measure_outage();
  if (interrupted) {
    outcome.state = State::interrupted;
    if (outcome.failures.empty())
      outcome.failures.push_back({progress.started.empty() ? "" : progress.started.back()->where,
                                  progress.started.empty() ? "start" : progress.started.back()->id,
                                  "interrupted on request after this step",
                                  "",
                                  {}});
  } else if (progress.services_back) {
    outcome.state = State::undone;
  } else {
    outcome.state = stage == "verify" ? State::unverified : State::stopped;
  }
}

void release_lease(const plan::Plan& plan,
                   const Progress& progress,
                   const Course& course,
                   Account& account,
                   Workbench& bench) {
  const Outcome::State state = account.outcome.state;
  const bool nothing_new = course.was_over && has_only_looked(plan, account.outcome.history);
  if (state != Outcome::State::done && state != Outcome::State::incomplete &&
      !progress.services_back && !nothing_new)
    return;
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

}  // namespace omsctl::run
