#include "rollback.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "omsctl/base/error.hpp"
#include "omsctl/base/files.hpp"
#include "omsctl/cli/commands.hpp"
#include "omsctl/plan/codec.hpp"
#include "omsctl/run/interrupt.hpp"

#include "execution.hpp"
#include "plan_file.hpp"
#include "saved_run.hpp"

namespace omsctl::cli {
namespace {

using base::Code;
using State = run::Outcome::State;

int exit_code_back(const run::Outcome& outcome) {
  if (outcome.state == State::done)
    return 0;
  if (outcome.state == State::interrupted)
    return base::exit_code(Code::interrupted);
  return base::exit_code(outcome.untouched ? Code::refused : Code::rollback_incomplete);
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
std::set<std::string> begun_of(const SavedRun& saved) {
  // The rest was taken back by the run itself, and another run may have come since.
  if (saved.history.taken_back)
    return saved.history.left_behind;
  std::set<std::string> begun = saved.history.begun;
  if (saved.fetched)
    for (const plan::Step* step : plan::steps_of(saved.plan.stages))
      begun.insert(step->id);
  return begun;
}

/// Why there is nothing to take back; empty when there is something.
std::string nothing_to_take_back(const SavedRun& saved) {
  const run::History& history = saved.history;
  if (saved.rollback.state == "done")
    return "was rolled back";
  if (history.taken_back && history.left_behind.empty())
    return "took all back when it stopped";
  if (history.begun.empty() && !saved.fetched)
    return "did nothing";
  return "";
}

}  // namespace

plan::Plan way_back_of(const plan::Plan& plan,
                       std::set<std::string> begun,
                       const run::RunDirectory& directory) {
  const auto file = directory.path() / "rollback.json";
  std::error_code ignored;
  if (std::filesystem::exists(file, ignored))
    return read_plan(file);
  for (const plan::Step* step : plan::steps_of(plan.stages))
    if (lacks_its_record(*step, directory))
      begun.erase(step->id);
  return plan::rollback_of(plan, begun);
}

run::Course course_back(const run::History& forward, const run::History& rollback) {
  run::Course course{.history = rollback, .was_over = forward.state == "done", .back = true};
  if (rollback.empty())
    course.history.outage_began = forward.outage_began;
  return course;
}

int go_back(const plan::Plan& back,
            run::Workbench& bench,
            const run::Course& course,
            Output& output,
            const std::stop_token& stop) {
  const auto path = bench.directory.path();
  base::write_file(path / "rollback.json", plan::encode(back));
  run::Journal journal(run::rollback_journal(path));
  run::Outcome outcome = run::execute_plan(back, bench, journal, output, stop, course);
  outcome.notes.insert(outcome.notes.end(), back.notes.begin(), back.notes.end());
  if (outcome.state == State::done || outcome.state == State::incomplete)
    run::Journal(path / "journal.jsonl")
        .append({{"event", run::event::run_ended},
                 {"state", run::rolled_back},
                 {"undone", false},
                 {"reason", ""}});
  if (outcome.untouched && outcome.state != State::done)
    forget_rollback(path);
  RunReport report;
  report.run = back.run;
  report.directory = path.string();
  report.outcome = outcome;
  report.back = true;
  output.report(report);
  return exit_code_back(outcome);
}

int rollback(const Options& options, Output& output) {
  run::Interrupts interrupts;
  const SavedRun saved = open_saved_run(options, output);
  if (const std::string why = nothing_to_take_back(saved); !why.empty()) {
    give_up_claim(saved, options, output);
    output.result(0, fmt::format("nothing to do: run {} {}", saved.plan.run, why));
    return 0;
  }
  const plan::Plan back = way_back_of(saved.plan, begun_of(saved), saved.directory);
  output.plan(back, {}, options.dry_run);
  if (options.dry_run) {
    output.result(0, "dry run: nothing was changed");
    return 0;
  }
  if (!confirmed(options, output, interrupts.token()))
    return 0;
  remote::Fleet fleet(saved.file.reach);
  const metadb::Endpoint endpoint = reach_metadb(saved, fleet);
  run::Interrupts::say_when_leaving(last_words(saved.directory, true));
  const auto lease =
      take_over(saved, plan::rollback_command, endpoint, options, output, interrupts.token());
  if (!saved.has_changed())
    require_fresh(saved, fleet, output, interrupts.token());
  base::SystemClock clock;
  run::Workbench bench{fleet,
                       endpoint,
                       *lease,
                       saved.target.rm_db,
                       saved.directory,
                       clock,
                       saved.file.choices.parallel};
  const int code =
      go_back(back, bench, course_back(saved.history, saved.rollback), output, interrupts.token());
  output.result(code, "");
  return code;
}

}  // namespace omsctl::cli
