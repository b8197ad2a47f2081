#include <algorithm>

#include <fmt/format.h>

#include "omsctl/base/clock.hpp"
#include "omsctl/base/error.hpp"
#include "omsctl/base/files.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/base/version.hpp"
#include "omsctl/metadb/change/restore.hpp"
#include "omsctl/metadb/change/row_changes.hpp"
#include "omsctl/metadb/copy/backup_info.hpp"
#include "omsctl/metadb/copy/manifest.hpp"
#include "omsctl/metadb/copy/snapshot.hpp"
#include "omsctl/metadb/database.hpp"
#include "omsctl/metadb/quote.hpp"
#include "omsctl/metadb/row_set.hpp"
#include "omsctl/run/interrupt.hpp"
#include "omsctl/run/store/saved_run.hpp"

#include "copies.hpp"
#include "execution.hpp"
#include "metadb.hpp"
#include "metadb_access.hpp"

namespace omsctl::cli {
namespace {

using base::Code;
using base::Error;
namespace fs = std::filesystem;

[[noreturn]] void refuse(const std::string& what, const std::string& hint) {
  throw Error(Code::refused, what + "; nothing was changed", hint);
}

/// The vendor's way for whole databases, for people to do: no region's OMS may run meanwhile.
std::string whole_databases(const Copy& copy, const MetadbAccess& access) {
  const Copy::Part* full = copy.part("full");
  if (full == nullptr)
    return "";
  std::string text =
      "Whole databases come back by hand only, while no OMS of any region runs:\n"
      "  on every node of every region: docker exec CONTAINER supervisorctl stop all\n";
  for (const auto& [file, name] : metadb::read_manifest(full->directory).databases) {
    const std::string client = fmt::format("mysql -h {} -P {} -u '{}' -p",
                                           access.settings.meta_host,
                                           access.settings.meta_port.number,
                                           access.settings.meta_user);
    text += fmt::format(
        "  {0} -e 'DROP DATABASE {1}; CREATE DATABASE {1}'\n"
        "  zstd -dc '{2}' | {0} {1}\n",
        client,
        metadb::quote_name(name),
        (full->directory / file).string());
  }
  return text + "  on every node: docker restart CONTAINER\n";
}

/// The rows of a copy that are this region's, verified. Throws Error{refused} for any other copy.
fs::path rows_for(const Copy& copy, const MetadbAccess& access, Output& output) {
  const CopyReport& report = copy.report;
  const Copy::Part* rows = copy.part("rows");
  if (report.deployment != access.deployment)
    refuse(fmt::format("{} is a copy of {}, and config.yaml names {}",
                       report.id,
                       report.deployment.empty() ? "an unknown deployment" : report.deployment,
                       access.deployment),
           "give the config.yaml of that deployment, or another copy: omsctl metadb list");
  if (report.region != access.region)
    refuse(fmt::format("{} holds rows of region {}, and config.yaml is of region {}",
                       report.id,
                       report.region,
                       access.region),
           "give the config.yaml of that region, or another copy: omsctl metadb list");
  if (rows == nullptr) {
    output.answer(whole_databases(copy, access));
    refuse(fmt::format("{} is a full dump, and rows of a region are restored from rows", report.id),
           "take the same run's /first or /clear: omsctl metadb list");
  }
  if (copy.of_all_regions)
    refuse(
        fmt::format("{} was made for a new region, and holds the rows of all of them", report.id),
        "what that run changed goes back by its own rollback: omsctl runs");
  (void)metadb::verify_snapshot(rows->directory);
  return rows->directory;
}

/// Of a time with one region a copy holds whole tables: rows of a region that came later would go.
void refuse_when_regions_came(const fs::path& rows,
                              const MetadbAccess& access,
                              metadb::Database& database) {
  const auto saved = metadb::read_manifest(rows).tables;
  const bool whole = std::any_of(saved.begin(), saved.end(), [](const metadb::SavedRows& table) {
    return table.rows.where == "1";
  });
  const auto codes = database.query("SELECT CAST(code AS CHAR) FROM " +
                                    metadb::quote_name(access.settings.rm_db, "cluster_info"));
  for (const metadb::Row& row : codes.rows)
    if (whole && row.at(0) != access.region)
      refuse(
          fmt::format("the copy is of a time when {} was the only region, and holds whole tables; "
                      "now there is region {} too, whose rows would be deleted",
                      access.region,
                      base::printable(row.at(0).value_or(""))),
          "take a copy that was made since that region came: omsctl metadb list");
}

/// What is about to be overwritten, kept.
fs::path save_present(const Options& options,
                      const MetadbAccess& access,
                      const std::string& id,
                      const fs::path& copy) {
  const fs::path state = state_directory(options);
  fs::path directory = backups_in(state) / id;
  base::make_private_directory(state);
  base::make_private_directory(backups_in(state));
  base::make_private_directory(directory);
  metadb::write_backup_info(directory,
                            {.id = id,
                             .kind = "before a restore",
                             .taken = base::utc_now(),
                             .deployment = access.deployment,
                             .region = access.region,
                             .omsctl_version = std::string(base::version())});
  std::vector<metadb::RowSet> sets;
  for (const metadb::SavedRows& saved : metadb::read_manifest(copy).tables)
    sets.push_back(saved.rows);
  metadb::Database database = access.connect();
  (void)metadb::take_snapshot(database, sets, directory / "rows");
  return directory;
}

/// Whether rows came or went since that was shown. Columns may change meanwhile: services write
/// heartbeats into the same rows.
bool other_rows(const std::vector<metadb::RowChanges>& shown,
                const std::vector<metadb::RowChanges>& now) {
  const auto same = [](const metadb::RowChanges& before, const metadb::RowChanges& after) {
    return before.missing == after.missing && before.strangers == after.strangers;
  };
  return !std::equal(shown.begin(), shown.end(), now.begin(), now.end(), same);
}

/// Under the lease: the present rows saved, the copy's put back.
void restore(const Options& options,
             const MetadbAccess& access,
             const Copy& copy,
             const fs::path& rows,
             const std::vector<metadb::RowChanges>& shown,
             Output& output,
             const std::stop_token& stop) {
  const fs::path state = state_directory(options);
  const std::string id = run::new_run_id();
  const std::string command = "metadb restore " + copy.report.id;
  const auto lease = metadb::Lease::take(
      access.endpoint,
      access.settings.rm_db,
      claim_of(id, command),
      base::Seconds{options.lock_wait},
      [&](const metadb::LeaseRecord& record) { return run::is_void(record, state); },
      stop);
  try {
    if (stop.stop_requested())  // while it was waited for
      throw Error(Code::interrupted, "interrupted; nothing was changed");
    metadb::Database database = access.connect();
    refuse_when_regions_came(rows, access, database);
    if (other_rows(shown, metadb::compare_with_rows(database, rows)))
      refuse("rows came or went since it was shown what this would do",
             "give the same command again, and look at what it shows");
    const fs::path saved = save_present(options, access, id, rows);
    output.say(fmt::format("what is overwritten is saved: {} ({})", id, saved.string()));
    // One transaction: whatever ends this process, nothing is half done, and the phase stays clean.
    metadb::restore_rows(
        database, rows, [&](metadb::Database& session) { lease->guard(session, command, false); });
  } catch (...) {
    try {
      lease->release();
    } catch (const Error&) {
      // It goes stale by itself within a minute; why the restore failed is what matters.
      output.say("the lease could not be given back; it is free in a minute");
    }
    throw;
  }
  lease->release();
}

}  // namespace

int metadb_restore(const Options& options, Output& output) {
  const run::Interrupts interrupts;
  remote::Fleet fleet(options.reach);
  const Copy copy = find_copy(state_directory(options), options.copy);
  const MetadbAccess access = reach_metadb(options, output, fleet);
  const fs::path rows = rows_for(copy, access, output);
  metadb::Database database = access.connect();
  refuse_when_regions_came(rows, access, database);
  const std::vector<metadb::RowChanges> changes = metadb::compare_with_rows(database, rows);
  output.say(fmt::format(
      "what {} ({}) would do to {}:", copy.report.id, copy.report.taken, access.deployment));
  for (const metadb::RowChanges& table : changes)
    output.row_changes(table);
  if (std::all_of(changes.begin(), changes.end(), [](const auto& table) { return table.none(); })) {
    output.result(0, "nothing to do: the rows are those of the copy");
    return 0;
  }
  if (options.dry_run) {
    output.result(0, "dry run: nothing was changed");
    return 0;
  }
  if (!asked(options, output, "this changes rows that OMS works with", interrupts.token())) {
    output.result(0, "not confirmed: nothing was changed");
    return 0;
  }
  restore(options, access, copy, rows, changes, output, interrupts.token());
  if (const std::string by_hand = whole_databases(copy, access); !by_hand.empty())
    output.answer(by_hand);
  output.result(0,
                fmt::format("the rows of region {} are those of {}, compared before the commit; "
                            "programs of OMS that run may still hold what they had read",
                            access.region,
                            copy.report.id));
  return 0;
}

}  // namespace omsctl::cli
