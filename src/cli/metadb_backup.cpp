#include <filesystem>
#include <stop_token>

#include <fmt/format.h>

#include "omsctl/base/clock.hpp"
#include "omsctl/base/error.hpp"
#include "omsctl/base/files.hpp"
#include "omsctl/base/lists.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/base/version.hpp"
#include "omsctl/cli/output/dump_progress.hpp"
#include "omsctl/config/settings.hpp"
#include "omsctl/facts/gather.hpp"
#include "omsctl/metadb/copy/backup_info.hpp"
#include "omsctl/metadb/copy/dump.hpp"
#include "omsctl/metadb/copy/manifest.hpp"
#include "omsctl/metadb/copy/snapshot.hpp"
#include "omsctl/metadb/database.hpp"
#include "omsctl/metadb/row_set.hpp"
#include "omsctl/oms/scope.hpp"
#include "omsctl/run/interrupt.hpp"
#include "omsctl/run/store/directory.hpp"

#include "copies.hpp"
#include "metadb.hpp"
#include "metadb_access.hpp"

namespace omsctl::cli {
namespace {

using base::Code;
using base::Error;

std::vector<std::string> databases_of(const config::Settings& settings) {
  std::vector<std::string> names;
  for (const std::string& name : {settings.rm_db, settings.cm_db, settings.heartbeat_db})
    if (!base::contains(names, name))
      names.push_back(name);
  return names;
}

/// The region's rows, as scale-out takes them. Throws Error{refused} where they cannot be told from
/// others'.
std::vector<metadb::RowSet> rows_of_region(const Options& options,
                                           const MetadbAccess& access,
                                           remote::Fleet& fleet) {
  facts::Choices choices = options.choices;
  choices.outside_rows = oms::OutsideRows::keep;
  const facts::Facts facts = facts::gather_rows(choices, access.settings, access.via, fleet);
  if (!facts.metadb.problem.empty())
    throw Error(Code::database, facts.metadb.problem, facts.metadb.hint);
  const oms::Scope scope = facts.region_scope();
  if (!scope.obstacles.empty())
    throw Error(Code::refused,
                fmt::format("which rows are region {}'s cannot be told: {}",
                            access.region,
                            scope.obstacles.front().what),
                scope.obstacles.front().fix);
  return facts.saved_rows();
}

void take_copy(const MetadbAccess& access,
               const std::vector<metadb::RowSet>& rows,
               const std::filesystem::path& directory,
               Output& output,
               const std::stop_token& stop) {
  metadb::Database database = access.connect();
  const std::vector<std::string> names = databases_of(access.settings);
  const DumpProgress progress(output, stop, metadb::table_sizes(database, names));
  output.say(fmt::format("dumping {}, {}", base::join(names, ", "), progress.expected()));
  const metadb::Manifest full =
      metadb::dump_databases(database, names, directory / "full", progress.callback());
  for (const std::string& what : full.left_out)
    output.say("not in the dump: " + what);
  output.say(fmt::format("saving the rows of region {}", access.region));
  (void)metadb::take_snapshot(database, rows, directory / "rows", progress.callback());
}

}  // namespace

int metadb_backup(const Options& options, Output& output) {
  const run::Interrupts interrupts;
  remote::Fleet fleet(options.reach);
  const MetadbAccess access = reach_metadb(options, output, fleet);
  const std::vector<metadb::RowSet> rows = rows_of_region(options, access, fleet);
  const std::filesystem::path state = state_directory(options);
  const std::string id = run::new_run_id();
  const std::filesystem::path directory = backups_in(state) / id;
  base::make_private_directory(state);
  base::make_private_directory(backups_in(state));
  base::make_private_directory(directory);
  try {
    metadb::write_backup_info(directory,
                              {.id = id,
                               .kind = "backup",
                               .taken = base::utc_now(),
                               .deployment = access.deployment,
                               .region = access.region,
                               .omsctl_version = std::string(base::version())});
    take_copy(access, rows, directory, output, interrupts.token());
  } catch (Error& error) {
    std::error_code ignored;
    std::filesystem::remove_all(directory, ignored);
    error.add_context("no copy was made: what was written of it is removed");
    throw;
  }
  const Copy copy = find_copy(state, id);
  output.copy(copy.report);
  output.say(fmt::format("put it to the test: omsctl metadb verify {} --drill -c {}",
                         id,
                         options.choices.config_file));
  output.result(0, fmt::format("read back and compared: {}", directory.string()));
  return 0;
}

}  // namespace omsctl::cli
