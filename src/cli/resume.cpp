#include "resume.hpp"

#include <algorithm>

#include "omsctl/run/executor.hpp"
#include "omsctl/run/interrupt.hpp"

#include "execution.hpp"
#include "taken_run.hpp"

namespace omsctl::cli {
namespace {

/// From the first decisive step on the plan is the only one that fits.
bool is_decided(const run::Evidence& evidence) {
  const std::vector<const plan::Step*> steps = plan::steps_of(evidence.plan->stages);
  return evidence.fetched || std::any_of(steps.begin(), steps.end(), [&](const plan::Step* step) {
           return step->decisive && evidence.forward.begun.contains(step->id);
         });
}

}  // namespace

int resume(const Options& options, Output& output) {
  run::Interrupts interrupts;
  const auto saved = open_for(run::Way::resume, options, output);
  if (!saved)
    return 0;
  const plan::Plan& plan = saved->plan();
  output.plan(plan, {}, false);
  if (!confirmed(options, output, interrupts.token()))
    return 0;
  TakenRun taken(*saved, plan.command, options, output, interrupts.token());
  run::Evidence evidence = saved->evidence;
  if (!is_decided(evidence))
    taken.require_fresh();

  run::Journal journal(saved->directory.path() / "journal.jsonl");
  run::Workbench bench = taken.bench();
  const run::Course course{.history = evidence.forward,
                           .accept_init = options.accept_init,
                           .rerun_init = options.rerun_init,
                           .unsure_beyond = evidence.fetched};
  const run::Outcome outcome =
      run::execute_plan(plan, bench, &journal, output, interrupts.token(), course);
  evidence.forward = outcome.history;
  output.report({.directory = saved->directory.path().string(),
                 .second_copy = second_copy_of(plan),
                 .outcome = outcome,
                 .standing = run::standing_of(evidence),
                 .nodes = saved->target.cm_nodes.size(),
                 .cm_url = saved->target.cm_url.text});
  output.result(exit_code_of(outcome), "");
  return exit_code_of(outcome);
}

}  // namespace omsctl::cli
