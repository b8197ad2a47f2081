#include "go_back.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "omsctl/base/files.hpp"
#include "omsctl/metadb/database.hpp"
#include "omsctl/plan/codec.hpp"
#include "omsctl/run/interrupt.hpp"
#include "omsctl/run/store/next_command.hpp"

namespace omsctl::run {
namespace {

using base::Error;
using plan::Step;

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

/// A way back that stopped before programs ran again leaves both ways open: the next one is
/// compiled anew.
void set_aside(const std::filesystem::path& directory) {
  std::error_code ignored;
  const std::filesystem::path journal = rollback_journal(directory);
  std::filesystem::path aside;
  int number = 0;
  do
    aside = journal.string() + fmt::format(".{}", ++number);
  while (std::filesystem::exists(aside, ignored));
  std::error_code failed;
  std::filesystem::rename(journal, aside, failed);
  if (!failed)  // the journal names the other file
    std::filesystem::remove(directory / "rollback.json", ignored);
}

void open_journal(const plan::Plan& back,
                  const RunDirectory& directory,
                  std::optional<Journal>& journal) {
  base::write_file(directory.path() / "rollback.json", plan::encode(back));
  journal.emplace(rollback_journal(directory.path()));
}

/// The journal of the run says too that it was undone, for whoever reads that one alone: the way
/// back has its own, and is over whether this can be written or not.
void close_journal(const std::filesystem::path& run, bool complete, Outcome& outcome) {
  try {
    Journal(run / "journal.jsonl")
        .append({{"event", event::run_ended},
                 {"state", end_state::rolled_back},
                 {"complete", complete},
                 {"reason", ""}});
  } catch (const Error& error) {
    outcome.notes.push_back(fmt::format(
        "the journal of the run could not be closed ({}); rollback.jsonl says how it ended",
        error.what()));
  }
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

TakenBack take_back(const plan::Plan& plan,
                    const std::vector<const Step*>& started,
                    Account& account,
                    Workbench& bench) {
  using State = Outcome::State;
  std::set<std::string> begun;
  for (const Step* step : started)
    if (!plan::deletes_rows(*step))  // not committed, or this would not be the way back
      begun.insert(step->id);
  const plan::Plan back = plan::rollback_of(plan, begun);
  Outcome& outcome = account.outcome;
  Outcome way;
  if (!back.stages.empty())
    way = go_back(back,
                  bench,
                  account.listener(),
                  {},
                  {.back = true, .by_itself = true, .outage_since = account.outage_since()});
  for (const Failure& failure : way.failures)
    outcome.undo_problems.push_back(
        fmt::format("{} ({}): {}", failure.step, failure.where, failure.reason));
  outcome.by_hand = way.by_hand;
  for (const std::string& note : way.notes)
    account.remember(note);
  const bool all = way.state == State::done;
  const TakenBack taken{.services = all || way.state == State::incomplete, .all = all};
  if (!taken.services)
    set_aside(bench.directory.path());
  else if (account.in_outage())
    account.outage_was(way.outage);
  return taken;
}

Outcome go_back(const plan::Plan& back,
                Workbench& bench,
                Listener& listener,
                const std::stop_token& stop,
                const Course& course) {
  const RunDirectory& directory = bench.directory;
  Interrupts::say_when_leaving(last_words(directory.path(), true));
  std::optional<Journal> journal;
  std::vector<std::string> notes = back.notes;
  try {
    if (course.by_itself)
      directory.with_reserve([&] { open_journal(back, directory, journal); });
    else
      open_journal(back, directory, journal);
  } catch (const Error& error) {
    if (!course.by_itself)
      throw;
    notes.push_back(fmt::format("the way back is not on record: {}", error.what()));
  }
  Outcome outcome =
      execute_plan(back, bench, journal ? &*journal : nullptr, listener, stop, course);
  outcome.notes.insert(outcome.notes.end(), notes.begin(), notes.end());
  const bool complete = outcome.state == Outcome::State::done;
  if (!course.by_itself && (complete || outcome.state == Outcome::State::incomplete))
    close_journal(directory.path(), complete, outcome);
  return outcome;
}

}  // namespace omsctl::run
