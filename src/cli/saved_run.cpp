#include "saved_run.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "omsctl/base/error.hpp"
#include "omsctl/base/files.hpp"
#include "omsctl/facts/gather.hpp"
#include "omsctl/run/journal.hpp"
#include "omsctl/run/written_files.hpp"

#include "another_run.hpp"
#include "execution.hpp"
#include "kind.hpp"
#include "metadb_access.hpp"
#include "next_command.hpp"
#include "plan_file.hpp"
#include "second_copy.hpp"

namespace omsctl::cli {
namespace {

using base::Code;
using base::Error;

/// A claim of another machine ends within this, when nobody renews it.
constexpr base::Milliseconds until_expired{65'000};

bool is_there(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

/// What the command line says of the ways to hosts and MetaDB counts more than what the run had.
void override_ways(RunFile& file, const Options& options) {
  // The file of another machine's operator is not here.
  if (!options.reach.ssh_config.empty() || !is_there(file.reach.ssh_config))
    file.reach.ssh_config = options.reach.ssh_config;
  if (!options.reach.user.empty())
    file.reach.user = options.reach.user;
  if (options.reach.port)
    file.reach.port = options.reach.port;
  if (!options.choices.metadb_ca.empty())
    file.choices.metadb_ca = options.choices.metadb_ca;
  if (options.choices.metadb_via == "auto")
    return;
  file.choices.metadb_via = options.choices.metadb_via;
  file.metadb_via = options.choices.metadb_via == "direct" ? "" : options.choices.metadb_via;
}

oms::Settings settings_in(const std::string& text, const std::string& run) {
  const oms::LoadedSettings loaded = oms::load_settings(text, oms::Origin::target);
  if (!loaded.settings)
    throw Error(Code::storage, fmt::format("the target config.yaml of run {} cannot be read", run));
  return *loaded.settings;
}

/// What the journal says; every file that it names is the one that was written.
run::History history_in(const std::filesystem::path& journal) {
  if (!is_there(journal))
    return {};
  const auto records = run::read_journal(journal);
  run::verify_files(journal.parent_path(), records);
  return run::history_of(records);
}

/// A rollback that has only looked so far has changed nothing: it has not begun.
run::History rollback_in(const std::filesystem::path& directory) {
  const run::History history = history_in(run::rollback_journal(directory));
  if (history.empty() || !is_there(directory / "rollback.json"))
    return {};
  const plan::Plan back = read_plan(directory / "rollback.json");
  const std::vector<const plan::Step*> steps = plan::steps_of(back.stages);
  const bool changed = std::any_of(steps.begin(), steps.end(), [&](const plan::Step* step) {
    return history.begun.contains(step->id) && !plan::only_asks(*step);
  });
  return changed || !history.state.empty() ? history : run::History{};
}

/// The claim is gone although the last process of the run, forward or back, did not give it back.
bool claim_was_broken(const SavedRun& saved) {
  if (!saved.rollback.empty())
    return saved.rollback.state != "done" && saved.rollback.state != "incomplete";
  return saved.has_changed() && !saved.history.is_over();
}

/// Ways to the MetaDB, the most likely first.
std::vector<std::string> ways(const SavedRun& saved) {
  std::vector<std::string> ways{saved.file.metadb_via};
  if (saved.file.choices.metadb_via != "auto")
    return ways;
  if (!ways.front().empty())
    ways.emplace_back();
  for (const std::string& node : saved.target.cm_nodes)
    if (std::find(ways.begin(), ways.end(), node) == ways.end())
      ways.push_back(node);
  return ways;
}

/// What to do about a run whose files are damaged here.
std::string way_out(const std::filesystem::path& path) {
  return fmt::format(
      "put the file back from a backup of this machine; or move {0} away and take the second copy: "
      "{1} --from HOST   or: {2} --from HOST   where HOST is the initial node; or by hand: "
      "docs/recovery.md, \"When files of a run are damaged\"",
      path.string(),
      to_type("resume", path),
      to_type("rollback", path));
}

SavedRun read_run(run::RunDirectory directory) {
  const auto path = directory.path();
  if (is_there(path / run::fetching_mark))
    throw Error(Code::refused,
                fmt::format("the second copy of run {} was not fetched to its end: nothing was "
                            "changed by that",
                            directory.run()),
                "give the same command again, with --from HOST");
  run::History history = history_in(path / "journal.jsonl");
  run::History rollback = rollback_in(path);
  if (rollback.empty())
    forget_rollback(path);
  if (!is_there(path / "plan.json") || !is_there(path / "run.json"))
    throw Error(Code::refused,
                fmt::format("run {} ended before it had a plan: nothing was changed by it",
                            directory.run()),
                "run the command itself again");
  SavedRun saved{std::move(directory),
                 read_plan(path / "plan.json"),
                 decode_run_file(base::read_file(path / "run.json")),
                 {},
                 {},
                 std::move(history),
                 std::move(rollback),
                 is_there(path / run::fetched_mark)};
  saved.target_text = saved.directory.read_artifact("target.yaml");
  saved.target = settings_in(saved.target_text, saved.plan.run);
  return saved;
}

}  // namespace

void forget_rollback(const std::filesystem::path& directory) {
  std::error_code ignored;
  std::filesystem::remove(directory / "rollback.json", ignored);
  std::filesystem::remove(run::rollback_journal(directory), ignored);
}

SavedRun open_saved_run(const Options& options, Output& output) {
  const std::string id =
      options.choices.from.empty() ? options.run : fetch_second_copy(options, output);
  run::RunDirectory directory = run::RunDirectory::open(state_directory(options), id);
  directory.lock();
  const auto path = directory.path();
  try {
    SavedRun saved = read_run(std::move(directory));
    override_ways(saved.file, options);
    return saved;
  } catch (const Error& error) {
    if (error.code() != Code::storage)
      throw;
    throw Error(error.code(),
                fmt::format("{}; nothing was changed by this command", error.what()),
                way_out(path));
  }
}

metadb::Endpoint reach_metadb(const SavedRun& saved, remote::Fleet& fleet) {
  try {
    return first_way(saved.target, saved.file.choices.metadb_ca, ways(saved), fleet).endpoint;
  } catch (Error& error) {
    error.add_context(
        fmt::format("nothing was changed by this command: run {} is as it was, and can be taken up "
                    "by the same command again",
                    saved.plan.run));
    throw;
  }
}

bool SavedRun::has_changed() const {
  for (const plan::Stage& stage : plan.stages)
    for (const plan::Lane& lane : stage.lanes)
      for (const plan::Step& step : lane.steps)
        if (history.begun.contains(step.id) && (step.decisive || stage.outage != plan::Outage::no))
          return true;
  return fetched;
}

void require_fresh(const SavedRun& saved,
                   remote::Fleet& fleet,
                   Output& output,
                   const std::stop_token& stop) {
  output.say("looking whether the deployment is still what the plan was made for");
  const facts::Facts now = facts::gather(
      saved.file.choices, saved.target, saved.target_text, fleet, [](const std::string&) {}, stop);
  const auto refuse = [&](Code code, const std::string& why) {
    throw Error(
        code,
        fmt::format("{}; nothing was changed by this command", why),
        fmt::format("what run {} has prepared may be in use by now: see omsctl runs {}, remove "
                    "by hand what is not, and run omsctl {} anew",
                    saved.plan.run,
                    saved.plan.run,
                    saved.plan.command));
  };
  if (!now.metadb.reachable || !now.metadb.problem.empty())
    refuse(Code::refused, "the MetaDB cannot be asked: " + now.metadb.problem);
  if (now.initial_container() == nullptr || !now.image || !now.paths)
    refuse(Code::refused,
           fmt::format("the initial node {} cannot be looked at",
                       now.initial.empty() ? "(none answers)" : now.initial));
  const runbook::Runbook book =
      kind_of(saved.file.choices.goal).plan(now, saved.plan.run, saved.plan.omsctl_version);
  if (book.plan.facts_digest != saved.plan.facts_digest)
    refuse(Code::stale, "the deployment has changed since the plan was made");
}

void give_up_claim(const SavedRun& saved, const Options& options, Output& output) {
  remote::Fleet fleet(saved.file.reach);
  const metadb::Endpoint endpoint = reach_metadb(saved, fleet);
  metadb::Database database = metadb::Database::connect(endpoint);
  const auto held = metadb::read_lease(database, saved.target.rm_db);
  if (!held || held->run != saved.plan.run)
    return;
  take_over(saved, saved.plan.command, endpoint, options, output)->release();
  output.say(fmt::format("run {} held the deployment still: given back", saved.plan.run));
}

std::unique_ptr<metadb::Lease> take_over(const SavedRun& saved,
                                         const std::string& command,
                                         const metadb::Endpoint& endpoint,
                                         const Options& options,
                                         Output& output,
                                         const std::stop_token& stop) {
  const auto state = state_directory(options);
  base::Milliseconds wait = base::Seconds{options.lock_wait};
  bool elsewhere = false;
  {
    metadb::Database database = metadb::Database::connect(endpoint);
    const auto held = metadb::read_lease(database, saved.target.rm_db);
    if (!held && claim_was_broken(saved))
      throw Error(Code::locked,
                  fmt::format("run {} has lost its claim on {}: it was broken, and another run may "
                              "have changed the deployment since; nothing was changed",
                              saved.plan.run,
                              saved.plan.deployment),
                  "docs/recovery.md says how to go on or back by hand");
    // The lock of a run's directory tells of processes here; one that works with another directory,
    // or on another machine, is gone when its claim has expired.
    elsewhere = saved.fetched || (held && held->host != this_machine());
    if (held && held->run == saved.plan.run && elsewhere && !held->expired) {
      output.say(fmt::format(
          "waiting until the claim of {} expires, which takes a minute when that process is gone",
          held->host));
      wait = std::max(wait, until_expired);
    }
  }
  try {
    return metadb::Lease::take(
        endpoint,
        saved.target.rm_db,
        claim_of(saved.plan.run, command),
        wait,
        [&](const metadb::LeaseRecord& record) {
          return record.run == saved.plan.run ? !elsewhere : is_void(record, state);
        },
        stop);
  } catch (Error& error) {
    error.add_context("the lease of this deployment could not be taken: nothing was changed");
    throw;
  }
}

}  // namespace omsctl::cli
