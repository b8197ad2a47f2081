#include "way_back.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "omsctl/metadb/database.hpp"
#include "omsctl/plan/describe.hpp"

namespace omsctl::run {
namespace {

using base::Error;
using plan::Step;

bool starts_programs(const Step& step) {
  return std::any_of(
      step.undo.actions.begin(), step.undo.actions.end(), [](const plan::Action& action) {
        return std::holds_alternative<plan::StartPrograms>(action);
      });
}

/// Whether the transaction of the step was committed, by the lease's row, which it wrote too. Yes
/// when nobody can tell.
bool was_committed(const Step& step, Account& account, Workbench& bench) {
  bool committed = true;
  const auto answered = [&] {
    try {
      metadb::Database database = metadb::Database::connect(bench.endpoint);
      const auto lease = metadb::read_lease(database, bench.rm_database);
      committed = !lease || lease->last_step == step.id;  // no lease: nobody can tell
      return true;
    } catch (const Error& error) {
      account.tell([&](Listener& listener) {
        listener.progress(step, fmt::format("asking whether it was done: {}", error.what()));
      });
      return false;
    }
  };
  (void)base::wait_until(bench.clock, base::Seconds{60}, base::Milliseconds{500}, {}, answered);
  return committed;
}

/// Why `step` could not be taken back, or nothing.
std::string undo(const Step& step, base::Seconds patience, Account& account, Workbench& bench) {
  if (step.undo.actions.empty())
    return "";
  account.note({{"event", event::undo_started}, {"step", step.id}, {"where", step.where}});
  account.tell([&](Listener& listener) { listener.undo_started(step); });
  std::string problem;
  StepContext context = account.context(step, true, {});
  context.patience = std::min(context.patience, patience);
  try {
    for (const plan::Action& action : step.undo.actions)
      execute(action, bench, context);
  } catch (const std::exception& error) {
    problem = error.what();
  }
  account.note({{"event", problem.empty() ? event::undo_done : event::undo_failed},
                {"step", step.id},
                {"where", step.where},
                {"reason", problem}});
  account.tell([&](Listener& listener) {
    listener.undo_ended(step, problem);
    if (problem.empty())
      return;
    Outcome& outcome = account.outcome;
    for (const plan::Action& action : step.undo.actions)
      for (const std::string& command : plan::commands(action))
        outcome.by_hand.push_back(command);
    outcome.undo_problems.push_back(fmt::format("{} ({}): {}", step.id, step.where, problem));
  });
  return problem;
}

}  // namespace

bool decided(const std::vector<const Step*>& started, Account& account, Workbench& bench) {
  const auto& failures = account.outcome.failures;
  return std::any_of(started.begin(), started.end(), [&](const Step* step) {
    if (!step->decisive)
      return false;
    const bool failed = std::any_of(failures.begin(), failures.end(), [&](const Failure& failure) {
      return failure.step == step->id;
    });
    if (!plan::deletes_rows(*step) || !failed)
      return true;
    return account.was_committing(step->id) && was_committed(*step, account, bench);
  });
}

bool take_back(const std::vector<const Step*>& started, Account& account, Workbench& bench) {
  std::vector<const Step*> newest_first(started.rbegin(), started.rend());
  // A delete that was begun was not committed, or this would not be the way back.
  std::erase_if(newest_first, [](const Step* step) { return plan::deletes_rows(*step); });
  const auto services =
      std::stable_partition(newest_first.begin(), newest_first.end(), [](const Step* step) {
        return starts_programs(*step);
      });
  bool all = true;
  for (auto step = newest_first.begin(); step != services; ++step)
    all = undo(**step, base::Seconds::max(), account, bench).empty() && all;
  if (!all)
    return false;
  for (auto step = services; step != newest_first.end(); ++step)
    (void)undo(**step, base::Seconds{0}, account, bench);
  return true;
}

}  // namespace omsctl::run
