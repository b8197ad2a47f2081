#include <algorithm>

#include <fmt/format.h>

#include "omsctl/base/error.hpp"
#include "omsctl/cli/commands.hpp"
#include "omsctl/run/executor.hpp"
#include "omsctl/run/interrupt.hpp"

#include "execution.hpp"
#include "next_command.hpp"
#include "saved_run.hpp"

namespace omsctl::cli {
namespace {

using base::Code;
using base::Error;

/// What there is to go on with; why there is nothing is thrown, or told when that is well.
bool can_go_on(const SavedRun& saved, const Options& options, Output& output) {
  const std::string& run = saved.plan.run;
  const run::History& history = saved.history;
  if (!saved.rollback.empty() || history.going_back)
    if (history.state.empty() || !saved.rollback.empty())
      throw Error(Code::refused,
                  fmt::format("run {} was already on its way back: it cannot go on", run),
                  "finish that: " + to_type("rollback", saved.directory.path()));
  if (history.taken_back)
    throw Error(
        Code::refused,
        fmt::format("run {} has taken back all that it did: nothing is left to go on with", run),
        fmt::format("run it anew: omsctl {}", saved.plan.command));
  if (history.state == "done") {
    give_up_claim(saved, options, output);
    output.result(0, fmt::format("nothing to do: run {} is done", run));
    return false;
  }
  return true;
}

/// From the first decisive step on the plan is the only one that fits.
bool is_decided(const SavedRun& saved) {
  const std::vector<const plan::Step*> steps = plan::steps_of(saved.plan.stages);
  return saved.fetched || std::any_of(steps.begin(), steps.end(), [&](const plan::Step* step) {
           return step->decisive && saved.history.begun.contains(step->id);
         });
}

}  // namespace

int resume(const Options& options, Output& output) {
  run::Interrupts interrupts;
  const SavedRun saved = open_saved_run(options, output);
  if (!can_go_on(saved, options, output))
    return 0;
  output.plan(saved.plan, {}, false);
  if (!confirmed(options, output, interrupts.token()))
    return 0;
  remote::Fleet fleet(saved.file.reach);
  const metadb::Endpoint endpoint = reach_metadb(saved, fleet);
  run::Interrupts::say_when_leaving(last_words(saved.directory, false));
  const auto lease =
      take_over(saved, saved.plan.command, endpoint, options, output, interrupts.token());
  if (!is_decided(saved))
    require_fresh(saved, fleet, output, interrupts.token());

  run::Journal journal(saved.directory.path() / "journal.jsonl");
  base::SystemClock clock;
  run::Workbench bench{fleet,
                       endpoint,
                       *lease,
                       saved.target.rm_db,
                       saved.directory,
                       clock,
                       saved.file.choices.parallel};
  const run::Course course{.history = saved.history,
                           .accept_init = options.accept_init,
                           .rerun_init = options.rerun_init,
                           .unsure_beyond = saved.fetched};
  const run::Outcome outcome =
      run::execute_plan(saved.plan, bench, journal, output, interrupts.token(), course);
  output.report({saved.plan.run,
                 saved.directory.path().string(),
                 second_copy_of(saved.plan),
                 outcome,
                 saved.target.cm_nodes.size(),
                 saved.target.cm_url.text});
  output.result(exit_code_of(outcome), "");
  return exit_code_of(outcome);
}

}  // namespace omsctl::cli
