#include "rollback.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "omsctl/base/error.hpp"
#include "omsctl/run/interrupt.hpp"
#include "omsctl/run/store/evidence.hpp"
#include "omsctl/run/store/plan_file.hpp"

#include "execution.hpp"
#include "taken_run.hpp"

namespace omsctl::cli {
namespace {

using base::Code;
using State = run::Outcome::State;

int exit_code_back(const run::Outcome& outcome, bool only_looked) {
  if (outcome.state == State::done)
    return 0;
  if (outcome.state == State::interrupted)
    return base::exit_code(Code::interrupted);
  return base::exit_code(only_looked ? Code::refused : Code::rollback_incomplete);
}

/// A run that was killed while it recorded has not recorded; and what a lost machine has recorded
/// after the second copy was made is lost.
bool lacks_its_record(const plan::Step& step, const run::RunDirectory& directory) {
  return std::any_of(step.apply.begin(), step.apply.end(), [&](const plan::Action& action) {
    const auto* record = std::get_if<plan::RecordSql>(&action);
    return record != nullptr && !directory.has_artifact(record->artifact);
  });
}

/// Steps whose plan is known only in part count as begun: each step of the way back finds out what
/// is there.
std::set<std::string> begun_of(const run::Evidence& evidence) {
  std::set<std::string> begun = evidence.forward.begun;
  // It has undone the outage; where that is not on record, the rest is what it has prepared.
  if (evidence.forward.by_itself)
    for (const plan::Stage& stage : evidence.plan->stages)
      for (const plan::Lane& lane : stage.lanes)
        for (const plan::Step& step : lane.steps)
          if (stage.outage != plan::Outage::no)
            begun.erase(step.id);
  if (evidence.fetched)
    for (const plan::Step* step : plan::steps_of(evidence.plan->stages))
      begun.insert(step->id);
  return begun;
}

/// What the way back has done already, and the outage that goes on.
run::Course course_back(const run::Evidence& evidence) {
  run::Course course{.history = evidence.back,
                     .was_over = evidence.forward.state == run::end_state::done,
                     .back = true};
  if (evidence.back.outage_began.empty() && !evidence.back.outage_over &&
      !evidence.forward.by_itself)
    course.history.outage_began = evidence.forward.outage_began;
  return course;
}

}  // namespace

plan::Plan way_back_of(const plan::Plan& plan,
                       std::set<std::string> begun,
                       const run::RunDirectory& directory) {
  const auto file = directory.path() / "rollback.json";
  std::error_code ignored;
  if (std::filesystem::exists(file, ignored))
    return run::read_plan(file);
  for (const plan::Step* step : plan::steps_of(plan.stages))
    if (lacks_its_record(*step, directory))
      begun.erase(step->id);
  return plan::rollback_of(plan, begun);
}

int go_back(const plan::Plan& back,
            run::Workbench& bench,
            run::Evidence evidence,
            Output& output,
            const std::stop_token& stop) {
  const auto path = bench.directory.path();
  const run::Outcome outcome = run::go_back(back, bench, output, stop, course_back(evidence));
  evidence.back = run::way_back_taken(back, outcome.history);
  const bool only_looked = evidence.back.empty();
  if (only_looked)
    run::forget_rollback(path);
  else
    evidence.forward.by_itself = false;  // this way back was asked for
  output.report({.directory = path.string(),
                 .outcome = outcome,
                 .standing = run::standing_of(evidence),
                 .back = true});
  return exit_code_back(outcome, only_looked);
}

int rollback(const Options& options, Output& output) {
  run::Interrupts interrupts;
  const auto saved = open_for(run::Way::rollback, options, output);
  if (!saved)
    return 0;
  const plan::Plan back = way_back_of(saved->plan(), begun_of(saved->evidence), saved->directory);
  output.plan(back, {}, options.dry_run);
  if (options.dry_run) {
    output.result(0, "dry run: nothing was changed");
    return 0;
  }
  if (!confirmed(options, output, interrupts.token()))
    return 0;
  TakenRun taken(*saved, plan::rollback_command, options, output, interrupts.token());
  if (!run::has_changed(saved->evidence))
    taken.require_fresh();
  run::Workbench bench = taken.bench();
  const int code = go_back(back, bench, saved->evidence, output, interrupts.token());
  output.result(code, "");
  return code;
}

}  // namespace omsctl::cli
