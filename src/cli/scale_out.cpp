#include "scale_out.hpp"

#include <memory>
#include <optional>

#include <fmt/format.h>

#include "omsctl/base/diff.hpp"
#include "omsctl/base/error.hpp"
#include "omsctl/base/version.hpp"
#include "omsctl/checks/findings.hpp"
#include "omsctl/config/redaction.hpp"
#include "omsctl/config/settings.hpp"
#include "omsctl/facts/gather.hpp"
#include "omsctl/metadb/database.hpp"
#include "omsctl/plan/codec.hpp"
#include "omsctl/plan/describe.hpp"
#include "omsctl/run/executor.hpp"
#include "omsctl/run/interrupt.hpp"
#include "omsctl/run/store/next_command.hpp"
#include "omsctl/run/store/run_file.hpp"
#include "omsctl/run/store/saved_run.hpp"
#include "omsctl/runbook/scale_out.hpp"

#include "another_run.hpp"
#include "choices.hpp"
#include "execution.hpp"
#include "kind.hpp"
#include "rollback.hpp"

namespace omsctl::cli {
namespace {

using base::Code;
using base::Error;
using facts::Facts;

struct Target {
  config::Settings settings;
  std::string text;
};

/// The operator's config.yaml, all its problems told at once. Throws Error{config}.
Target read_target(const Options& options, Output& output) {
  const std::string& file = options.choices.config_file;
  config::LoadedSettings loaded = config::load_settings_file(file);
  output.problems(file, loaded.problems);
  if (!loaded.settings || loaded.has_errors())
    throw Error(Code::config,
                fmt::format("{} cannot be used; nothing was asked of any host", file));
  return {*loaded.settings, base::read_file(file)};
}

/// Reads the target, finds out what is there and checks it; nothing when a check refuses, which has
/// been told then.
std::optional<Facts> facts_without_errors(const Kind& kind,
                                          const Options& options,
                                          remote::Fleet& fleet,
                                          Output& output,
                                          const std::stop_token& stop) {
  const Target target = read_target(options, output);
  const auto say = [&](const std::string& text) { output.say(text); };
  facts::Choices choices = options.choices;
  choices.goal = kind.goal;
  choices.state_dir = state_directory(options).string();
  Facts facts = facts::gather(choices, target.settings, target.text, fleet, say, stop);
  if (waited_for_another(options, facts, fleet, output, stop))
    facts = facts::gather(choices, target.settings, target.text, fleet, say, stop);
  // What another run has half done looks like many mistakes: its name comes first, and alone.
  refuse_when_locked(facts, state_directory(options));
  const checks::Findings findings = kind.check(facts, options.skipped_checks);
  if (checks::has_errors(findings))
    refuse_when_locked_by_now(facts, options, fleet);
  output.findings(findings);
  if (!checks::has_errors(findings))
    return facts;
  output.result(base::exit_code(Code::refused), "the checks refuse; nothing was changed");
  return std::nullopt;
}

std::vector<ConfigDiff> config_diffs(const Facts& facts, const runbook::Runbook& book) {
  std::vector<ConfigDiff> diffs;
  for (const std::string& host : facts.existing())
    diffs.push_back({host,
                     base::unified_diff(config::redacted(book.artifacts.at(host + ".config.old")),
                                        config::redacted(book.artifacts.at(host + ".config.new")),
                                        host + ":" + facts.paths_on(host).config,
                                        host + ":" + facts.paths_on(host).config + " (new)")});
  for (const std::string& host : facts.added())
    diffs.push_back({host,
                     base::unified_diff("",
                                        config::redacted(facts.target_text),
                                        "/dev/null",
                                        host + ":" + facts.paths_on(host).config)});
  return diffs;
}

/// How long what was found out is taken for true: less than any run takes.
constexpr base::Seconds fresh{10};

/// Whether the deployment is another than the plan was made for. Asked when the lease is held, so
/// that nobody changes it any more.
bool is_stale(const Kind& kind,
              const Options& options,
              const Facts& before,
              const runbook::Runbook& book,
              remote::Fleet& fleet,
              Output& output,
              const std::stop_token& stop) {
  output.say("looking once more: time has passed since the plan was made");
  const Facts now = facts::gather(
      before.choices, before.target, before.target_text, fleet, [](const std::string&) {}, stop);
  const checks::Findings findings = kind.check(now, options.skipped_checks);
  if (checks::has_errors(findings)) {
    output.findings(findings);
    return true;
  }
  return runbook::nothing_to_do(now) ||
         kind.plan(now, book.plan.run, book.plan.omsctl_version).plan.facts_digest !=
             book.plan.facts_digest;
}

/// A run that does not get the lease has never begun: nothing is left of it.
std::unique_ptr<metadb::Lease> take_lease(const Options& options,
                                          const Facts& facts,
                                          const plan::Plan& plan,
                                          const metadb::Endpoint& endpoint,
                                          const run::RunDirectory& directory,
                                          const std::stop_token& stop) {
  const auto state = state_directory(options);
  try {
    return metadb::Lease::take(
        endpoint,
        facts.target.rm_db,
        claim_of(plan.run, plan.command),
        base::Seconds{options.lock_wait},
        [&](const metadb::LeaseRecord& record) { return run::is_void(record, state); },
        stop);
  } catch (Error& error) {
    directory.discard();
    error.add_context("the lease of this deployment could not be taken: nothing was changed");
    throw;
  }
}

/// A run that was interrupted stays as it is: whoever interrupts wants to look.
bool must_go_back(const run::Outcome& outcome, const run::Standing& standing, Output& output) {
  using State = run::Outcome::State;
  if (outcome.state != State::stopped && outcome.state != State::unverified)
    return false;
  const bool may_live = standing.where == run::Where::init_unknown;
  if (may_live)
    output.say("no rollback now: docker_init.sh may still run, and must not be interrupted");
  return !may_live;
}

/// The failure stays the verdict: the exit code is the run's, unless the way back is not complete.
/// One that was refused has changed nothing, but the run has.
int roll_back_now(const run::Evidence& evidence,
                  run::Workbench& bench,
                  Output& output,
                  const std::stop_token& stop) {
  const plan::Plan back = way_back_of(*evidence.plan, evidence.forward.begun, bench.directory);
  output.say("going back, as --on-failure rollback says");
  const int code = go_back(back, bench, evidence, output, stop);
  return code == 0 || code == base::exit_code(Code::refused) ? base::exit_code(Code::stopped)
                                                             : code;
}

void write_down(const Options& options,
                const Facts& facts,
                const runbook::Runbook& book,
                const run::RunDirectory& directory) {
  for (const auto& [name, content] : book.artifacts)
    directory.write_artifact(name, content);
  directory.write_artifact(plan::functions_artifact, plan::functions(book.plan));
  base::write_file(
      directory.path() / "run.json",
      run::encode(
          {encode(facts.choices), options.reach, options.skipped_checks, facts.metadb.via}));
  base::write_file(directory.path() / "plan.json", plan::encode(book.plan));
}

/// Runs the plan and tells how it ended; with --on-failure rollback a run that stopped midway goes
/// back at once, unless a docker_init.sh may still run. Returns the exit code.
int execute(const Kind& kind,
            const Options& options,
            const Facts& facts,
            const runbook::Runbook& book,
            remote::Fleet& fleet,
            const run::RunDirectory& directory,
            base::TimePoint found_at,
            Output& output,
            const std::stop_token& stop) {
  write_down(options, facts, book, directory);
  run::Journal journal(directory.path() / "journal.jsonl");
  const metadb::Endpoint endpoint =
      facts::endpoint_of(facts.target, options.choices.metadb_ca, facts.metadb.via, fleet);
  const auto lease = take_lease(options, facts, book.plan, endpoint, directory, stop);
  base::SystemClock clock;
  if (clock.now() - found_at > fresh && is_stale(kind, options, facts, book, fleet, output, stop)) {
    lease->release();
    directory.discard();
    throw Error(Code::stale,
                "the deployment has changed since the plan was made; nothing was changed by this "
                "run",
                "run the same command again, and look at its plan");
  }
  run::Workbench bench{
      fleet, endpoint, *lease, facts.target.rm_db, directory, clock, facts.choices.parallel};
  const run::Outcome outcome = run::execute_plan(book.plan, bench, &journal, output, stop);
  const run::Evidence evidence{.run = book.plan.run,
                               .directory = directory.path(),
                               .plan = book.plan,
                               .forward = outcome.history};
  const run::Standing standing = run::standing_of(evidence);
  output.report({.directory = directory.path().string(),
                 .second_copy = second_copy_of(book.plan),
                 .outcome = outcome,
                 .standing = standing,
                 .nodes = facts.target.cm_nodes.size(),
                 .cm_url = facts.target.cm_url.text});
  const int code = options.rollback_on_failure && must_go_back(outcome, standing, output)
                       ? roll_back_now(evidence, bench, output, stop)
                       : exit_code_of(outcome);
  output.result(code, "");
  return code;
}

int check(const Kind& kind, const Options& options, Output& output) {
  const run::Interrupts interrupts;
  remote::Fleet fleet(options.reach);
  if (!facts_without_errors(kind, options, fleet, output, interrupts.token()))
    return base::exit_code(Code::refused);
  output.result(0, "all checks passed");
  return 0;
}

/// The guide from top to bottom: read the target, find out what is there, check it, plan, confirm,
/// run, report.
int scale_out(const Kind& kind, const Options& options, Output& output) {
  run::Interrupts interrupts;
  remote::Fleet fleet(options.reach);
  const base::TimePoint found_at = base::SystemClock().now();
  const std::optional<Facts> found =
      facts_without_errors(kind, options, fleet, output, interrupts.token());
  if (!found)
    return base::exit_code(Code::refused);
  const Facts& facts = *found;
  if (runbook::nothing_to_do(facts)) {
    output.result(0, kind.nothing_to_do);
    return 0;
  }

  const runbook::Runbook book = kind.plan(facts, run::new_run_id(), std::string(base::version()));
  output.plan(book.plan, config_diffs(facts, book), options.dry_run);
  if (options.dry_run) {
    output.result(0, "dry run: nothing was changed");
    return 0;
  }
  if (!confirmed(options, output, interrupts.token()))
    return 0;

  const auto directory = run::RunDirectory::create(state_directory(options), book.plan.run);
  run::Interrupts::say_when_leaving(run::last_words(directory.path(), false));
  output.say(fmt::format("run {}, recorded in {}", book.plan.run, directory.path().string()));
  return execute(
      kind, options, facts, book, fleet, directory, found_at, output, interrupts.token());
}

/// Without docker_init.sh there would be no region.
void demand_init(const Options& options) {
  if (!options.choices.init_new_nodes)
    throw Error(Code::usage,
                "--init-new-nodes never: docker_init.sh on its nodes is what makes a region",
                "leave the option out");
}

}  // namespace

int check_node(const Options& options, Output& output) {
  return check(kind_of(facts::Goal::more_nodes), options, output);
}

int check_region(const Options& options, Output& output) {
  demand_init(options);
  return check(kind_of(facts::Goal::new_region), options, output);
}

int scale_out_node(const Options& options, Output& output) {
  return scale_out(kind_of(facts::Goal::more_nodes), options, output);
}

int scale_out_region(const Options& options, Output& output) {
  demand_init(options);
  return scale_out(kind_of(facts::Goal::new_region), options, output);
}

}  // namespace omsctl::cli
