#include "taken_run.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "omsctl/base/error.hpp"
#include "omsctl/facts/gather.hpp"
#include "omsctl/metadb/database.hpp"
#include "omsctl/run/interrupt.hpp"
#include "omsctl/run/store/by_hand.hpp"
#include "omsctl/run/store/evidence.hpp"
#include "omsctl/run/store/next_command.hpp"
#include "omsctl/run/store/second_copy.hpp"

#include "choices.hpp"
#include "execution.hpp"
#include "kind.hpp"
#include "metadb_access.hpp"

namespace omsctl::cli {
namespace {

using base::Code;
using base::Error;
using run::Where;

/// What the command line says of the ways to hosts and MetaDB counts more than what the run had.
void override_reach(remote::ReachOptions& reach, const remote::ReachOptions& given) {
  // The file of another machine's operator is not here.
  std::error_code ignored;
  if (!given.ssh_config.empty() || !std::filesystem::exists(reach.ssh_config, ignored))
    reach.ssh_config = given.ssh_config;
  if (!given.user.empty())
    reach.user = given.user;
  if (given.port)
    reach.port = given.port;
}

facts::Choices choices_of(const run::SavedRun& saved, const Options& options) {
  facts::Choices choices = decode_choices(saved.file.choices);
  if (!options.choices.metadb_ca.empty())
    choices.metadb_ca = options.choices.metadb_ca;
  if (options.choices.metadb_via != "auto")
    choices.metadb_via = options.choices.metadb_via;
  return choices;
}

/// Ways to the MetaDB, the most likely first: the operator's word alone, else all that there are.
std::vector<std::string> ways(const run::SavedRun& saved, const Options& options) {
  if (const std::string& wish = options.choices.metadb_via; wish != "auto")
    return {wish == "direct" ? "" : wish};
  std::vector<std::string> ways{saved.file.metadb_via};
  if (choices_of(saved, options).metadb_via != "auto")
    return ways;
  if (!ways.front().empty())
    ways.emplace_back();
  for (const std::string& node : saved.target.cm_nodes)
    if (std::find(ways.begin(), ways.end(), node) == ways.end())
      ways.push_back(node);
  return ways;
}

metadb::Endpoint reach_metadb(const run::SavedRun& saved,
                              const Options& options,
                              remote::Fleet& fleet) {
  try {
    const std::string ca_file = choices_of(saved, options).metadb_ca;
    return first_way(saved.target, ca_file, ways(saved, options), fleet).endpoint;
  } catch (Error& error) {
    error.add_context(
        fmt::format("nothing was changed by this command: run {} is as it was, and can be taken up "
                    "by the same command again",
                    saved.evidence.run));
    throw;
  }
}

std::unique_ptr<metadb::Lease> take_over(const run::SavedRun& saved,
                                         const std::string& command,
                                         const metadb::Endpoint& endpoint,
                                         const Options& options,
                                         Output& output,
                                         const std::stop_token& stop) {
  return run::take_over(
      saved,
      claim_of(saved.evidence.run, command),
      endpoint,
      base::Seconds{options.lock_wait},
      [&](const std::string& text) { output.say(text); },
      stop);
}

/// A run that is over keeps nobody out: gives back what it could not give back when it ended.
void give_up_claim(const run::SavedRun& saved, const Options& options, Output& output) {
  remote::Fleet fleet(saved.file.reach);
  const metadb::Endpoint endpoint = reach_metadb(saved, options, fleet);
  metadb::Database database = metadb::Database::connect(endpoint);
  const auto held = metadb::read_lease(database, saved.target.rm_db);
  if (!held || held->run != saved.evidence.run)
    return;
  take_over(saved, saved.plan().command, endpoint, options, output, {})->release();
  output.say(fmt::format("run {} held the deployment still: given back", saved.evidence.run));
}

bool is_nothing_to_do(run::Way way, Where where) {
  if (way == run::Way::resume)
    return where == Where::done;
  return where == Where::never_begun || where == Where::taken_back || where == Where::rolled_back;
}

}  // namespace

std::optional<run::SavedRun> open_for(run::Way way, const Options& options, Output& output) {
  const auto state = state_directory(options);
  std::string id = options.run;
  if (!options.choices.from.empty()) {
    remote::Fleet fleet(options.reach);
    id = run::fetch_second_copy(
        {id, options.choices.from}, state, fleet, [&](const std::string& text) {
          output.say(text);
        });
  }
  run::RunDirectory directory = run::RunDirectory::open(state, id);
  directory.lock();
  const run::Evidence evidence = run::read_evidence(directory);
  const run::Standing standing = run::standing_of(evidence);
  if (standing.where == Where::another_version)
    output.answer(run::back_by_hand(directory));
  const bool open = standing.opens(way);
  if (!evidence.plan || (!open && !is_nothing_to_do(way, standing.where)))
    throw run::refusal(standing);
  run::SavedRun saved = run::saved_run(std::move(directory), evidence);
  override_reach(saved.file.reach, options.reach);
  if (open)
    return saved;
  give_up_claim(saved, options, output);
  output.result(0, "nothing to do: " + standing.says());
  return std::nullopt;
}

TakenRun::TakenRun(const run::SavedRun& saved,
                   const std::string& command,
                   const Options& options,
                   Output& output,
                   std::stop_token stop)
    : saved_(saved),
      choices_(choices_of(saved, options)),
      output_(output),
      stop_(std::move(stop)),
      fleet_(saved.file.reach),
      endpoint_(reach_metadb(saved, options, fleet_)) {
  run::Interrupts::say_when_leaving(
      run::last_words(saved.directory.path(), command == plan::rollback_command));
  lease_ = take_over(saved, command, endpoint_, options, output, stop_);
}

run::Workbench TakenRun::bench() {
  return {
      fleet_, endpoint_, *lease_, saved_.target.rm_db, saved_.directory, clock_, choices_.parallel};
}

void TakenRun::require_fresh() {
  output_.say("looking whether the deployment is still what the plan was made for");
  const facts::Facts now = facts::gather(
      choices_, saved_.target, saved_.target_text, fleet_, [](const std::string&) {}, stop_);
  const plan::Plan& plan = saved_.plan();
  const auto refuse = [&](Code code, const std::string& why) {
    throw Error(
        code,
        fmt::format("{}; nothing was changed by this command", why),
        fmt::format("what run {} has prepared may be in use by now: see omsctl runs {}, remove "
                    "by hand what is not, and run omsctl {} anew",
                    plan.run,
                    plan.run,
                    plan.command));
  };
  if (!now.metadb.reachable || !now.metadb.problem.empty())
    refuse(Code::refused, "the MetaDB cannot be asked: " + now.metadb.problem);
  if (now.initial_container() == nullptr || !now.image || !now.paths)
    refuse(Code::refused,
           fmt::format("the initial node {} cannot be looked at",
                       now.initial.empty() ? "(none answers)" : now.initial));
  const runbook::Runbook book = kind_of(choices_.goal).plan(now, plan.run, plan.omsctl_version);
  if (book.plan.facts_digest != plan.facts_digest)
    refuse(Code::stale, "the deployment has changed since the plan was made");
}

}  // namespace omsctl::cli
