#include "omsctl/run/actions.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "omsctl/base/error.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/metadb/change/delete.hpp"
#include "omsctl/metadb/change/dependents.hpp"
#include "omsctl/metadb/change/restore.hpp"
#include "omsctl/metadb/copy/dump.hpp"
#include "omsctl/metadb/copy/manifest.hpp"
#include "omsctl/metadb/copy/progress.hpp"
#include "omsctl/metadb/copy/snapshot.hpp"
#include "omsctl/metadb/database.hpp"
#include "omsctl/oms/programs.hpp"
#include "omsctl/plan/calls.hpp"
#include "omsctl/run/prober.hpp"

#include "copy_run.hpp"
#include "failed.hpp"
#include "files_to_host.hpp"
#include "follow_job.hpp"
#include "host_log.hpp"
#include "leftovers.hpp"
#include "recorded.hpp"
#include "restore_config.hpp"

namespace omsctl::run {
namespace {

using base::Code;
using base::Error;
using plan::Overloaded;

constexpr base::Milliseconds probe_interval{200};

/// Runs the command and gives what it printed; whatever is not exit status 0 becomes an error with
/// the last lines of it.
std::string run_command(const plan::Command& command, Workbench& bench, const StepContext& step) {
  const base::TimePoint end = bench.clock.now() + step.patience;
  remote::Result result;
  for (;;) {
    check_lease(bench, step);
    // Waited for also when a stop is requested: what is cancelled here would go on over there.
    result =
        bench.fleet.at(command.host)
            .run({.script = remote::text_of(remote::after_others(command.calls, command.deadline)),
                  .deadline = base::Seconds{command.deadline}});
    const bool again = result.ending == remote::Ending::unreachable ||
                       (result.ending == remote::Ending::unknown && command.repeatable);
    if (!again || bench.clock.now() >= end)
      break;
    step.progress(
        fmt::format("waiting until {} can be reached: {}", command.host, remote::describe(result)));
    (void)bench.clock.pause(base::Seconds{1}, {});
  }
  keep_log(
      command.host,
      fmt::format(
          "== {} {}: {}\n{}{}", base::utc_now(), step.id, command.says, result.out, result.err),
      bench,
      step);
  const bool lost = result.ending == remote::Ending::unknown;
  if (result.ok() || (lost && command.may_be_lost))
    return result.out;
  throw failed(
      fmt::format("{}: cannot {}: {}", command.host, command.says, remote::describe(result)),
      result.out + result.err,
      lost ? fmt::format("nobody knows whether it ran: look on {} before doing anything by hand",
                         command.host)
           : "");
}

void await(const plan::Await& action, Workbench& bench, const StepContext& step) {
  Prober prober(action.probe, bench);
  std::string trouble;
  const auto holds = [&] {
    try {
      trouble.clear();
      if (prober.holds(step.stop))
        return true;
    } catch (const Error& error) {
      trouble = error.what();  // a MetaDB that is away for a moment may be back at the next look
    }
    // One line of it; all of it is told when the time is up.
    const auto lines = base::last_lines(trouble.empty() ? prober.evidence() : trouble, 1);
    step.progress("waiting: " + base::join(lines, ""));
    return false;
  };
  const base::Waited waited = base::wait_until(
      bench.clock, base::Seconds{action.deadline}, probe_interval, step.stop, holds);
  if (waited == base::Waited::held)
    return;
  if (waited == base::Waited::stopped)
    throw Error(Code::interrupted,
                fmt::format("{}: interrupted while waiting", name_of(action.probe)));
  throw failed(
      fmt::format("{}: it does not hold after {} s", name_of(action.probe), action.deadline),
      trouble.empty() ? prober.evidence() : trouble);
}

void start_programs(const plan::StartPrograms& action, Workbench& bench, const StepContext& step) {
  if (!bench.directory.has_artifact(action.artifact))
    return;  // they were never recorded, so they were never stopped
  const auto programs =
      oms::running(oms::parse_programs(bench.directory.read_artifact(action.artifact)));
  if (programs.empty())
    return;
  (void)run_command({action.host,
                     "start the programs",
                     {plan::start_programs(action, programs)},
                     300,
                     false,
                     true},
                    bench,
                    step);
  await({plan::HostHolds{action.host,
                         "the programs are RUNNING again",
                         {oms::programs_run(action.container, programs)}},
         60},
        bench,
        step);
}

metadb::Progress tell(const StepContext& step) {
  return [&step](std::string_view what, std::uint64_t rows, std::uint64_t bytes) {
    step.progress(fmt::format("{}: {} rows, {}", what, rows, base::human_size(bytes)));
  };
}

/// What an earlier process of this run had saved, or half saved, before it was killed. Nothing was
/// deleted since, so nothing relies on it; a copy is never removed all the same.
void set_aside(const std::filesystem::path& copy) {
  std::error_code error;
  if (!std::filesystem::exists(copy, error))
    return;
  std::filesystem::path aside;
  int number = 0;
  do
    aside = copy.string() + fmt::format(".{}", ++number);
  while (std::filesystem::exists(aside, error));
  std::filesystem::rename(copy, aside, error);
  if (error)
    throw Error(
        Code::storage,
        fmt::format("cannot rename {} to {}: {}", copy.string(), aside.string(), error.message()));
}

void dump(const plan::DumpDatabases& action, Workbench& bench, const StepContext& step) {
  set_aside(bench.directory.path() / action.directory);
  metadb::Database database = metadb::Database::connect(bench.endpoint);
  try {
    (void)metadb::dump_databases(
        database, action.databases, bench.directory.path() / action.directory, tell(step));
  } catch (const Error& error) {
    const std::string way_out = "--backup tables leaves the full dump out";
    throw failed(error.what(),
                 base::join(error.trace(), "\n"),
                 error.hint().empty() ? way_out : error.hint() + "; or: " + way_out);
  }
}

/// What the server refuses is found here, while everything runs.
void rehearse_delete(const plan::RehearseDelete& action, Workbench& bench) {
  const metadb::Manifest manifest =
      metadb::verify_snapshot(bench.directory.path() / action.directory);
  metadb::Database database = metadb::Database::connect(bench.endpoint);
  try {
    metadb::rehearse_delete(database, manifest);
  } catch (Error& error) {
    error.add_context("the rows could not be deleted, and nothing was: this was the rehearsal");
    throw;
  }
}

void delete_rows(const plan::DeleteRows& action, Workbench& bench, const StepContext& step) {
  const metadb::Manifest manifest =
      metadb::verify_snapshot(bench.directory.path() / action.directory);
  const bool none = std::all_of(manifest.tables.begin(),
                                manifest.tables.end(),
                                [](const auto& saved) { return saved.digest.count == 0; });
  if (none)
    throw Error(Code::stopped,
                "somebody else has deleted the region's rows since the run began; it has not",
                fmt::format("put them back before it is run again: omsctl metadb restore {}/first",
                            bench.directory.run()));
  metadb::Database database = metadb::Database::connect(bench.endpoint);
  // Time has passed since the plan was made: a row that refers to another host by now is not ours.
  if (metadb::find_dependents(database, action.sets).sets != action.followers)
    throw Error(Code::stopped,
                "rows elsewhere that refer to the region's have changed since the plan was made; "
                "nothing was deleted",
                "run the same command again, which takes them in as they are now");
  metadb::delete_rows(
      database,
      manifest,
      [&](metadb::Database& session) { bench.lease.guard(session, step.id, true); },
      step.committing);
}

void restore_rows(const plan::RestoreRows& action, Workbench& bench, const StepContext& step) {
  metadb::Database database = metadb::Database::connect(bench.endpoint);
  const auto directory = bench.directory.path() / action.directory;
  if (!action.rehearse) {
    metadb::restore_rows(
        database,
        directory,
        [&](metadb::Database& session) { bench.lease.guard(session, step.id, true); },
        action.sets);
    return;
  }
  try {
    metadb::rehearse_restore(database, directory, action.sets);
  } catch (Error& error) {
    error.add_context("the rows could not be put back, and nothing was: this was the rehearsal");
    throw;
  }
}

/// Everything is done and proven by now: what cannot be told is no failure.
void tell_changed_ids(const plan::TellChangedIds& action,
                      Workbench& bench,
                      const StepContext& step) {
  try {
    metadb::Database database = metadb::Database::connect(bench.endpoint);
    for (const metadb::ChangedId& changed : metadb::changed_ids(
             database, bench.directory.path() / action.directory, action.tables, action.databases))
      step.id_changed(changed);
  } catch (const Error& error) {
    step.progress(fmt::format("ids: they cannot be compared: {}", error.what()));
  }
}

}  // namespace

void execute(const plan::Action& action, Workbench& bench, const StepContext& step) {
  const auto& directory = bench.directory;
  std::visit(
      Overloaded{
          [&](const plan::Command& value) { (void)run_command(value, bench, step); },
          [&](const plan::Capture& value) {
            if (!directory.has_artifact(value.artifact))
              directory.write_artifact(
                  value.artifact,
                  run_command({value.host, value.says, {value.call}, value.deadline}, bench, step));
          },
          [&](const plan::PutFile& value) { put_file(value, bench, step); },
          [&](const plan::SendFile& value) { send_file(value, bench, step); },
          [&](const plan::ShipImage& value) { ship_image(value, bench, step); },
          [&](const plan::RecordSql& value) { record_sql(value, bench); },
          [&](const plan::DumpDatabases& value) { dump(value, bench, step); },
          [&](const plan::SnapshotRows& value) {
            set_aside(directory.path() / value.directory);
            metadb::Database database = metadb::Database::connect(bench.endpoint);
            directory.with_reserve([&] {
              (void)metadb::take_snapshot(
                  database, value.sets, directory.path() / value.directory, tell(step));
            });
          },
          [&](const plan::RehearseDelete& value) { rehearse_delete(value, bench); },
          [&](const plan::DeleteRows& value) { delete_rows(value, bench, step); },
          [&](const plan::RestoreRows& value) { restore_rows(value, bench, step); },
          [&](const plan::RestoreConfig& value) { restore_config(value, bench, step); },
          [&](const plan::DropHeartbeats& value) { drop_heartbeats(value, bench, step); },
          [&](const plan::TellLeftovers& value) { tell_leftovers(value, bench, step); },
          [&](const plan::ReserveRoom& value) { reserve_room(value, bench, step); },
          [&](const plan::CopyRun& value) { copy_run(value, bench, step); },
          [&](const plan::TellChangedIds& value) { tell_changed_ids(value, bench, step); },
          [&](const plan::StartPrograms& value) { start_programs(value, bench, step); },
          [&](const plan::AwaitJob& value) { follow_job(value, bench, step); },
          [&](const plan::Await& value) { await(value, bench, step); },
      },
      action);
}

}  // namespace omsctl::run
