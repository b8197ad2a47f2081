#include <algorithm>
#include <filesystem>
#include <vector>

#include <fmt/format.h>

#include "omsctl/base/error.hpp"
#include "omsctl/metadb/snapshot.hpp"

#include "foreign_keys.hpp"
#include "row_insert.hpp"
#include "scan.hpp"
#include "scope.hpp"
#include "sections.hpp"

namespace omsctl::metadb {
namespace {

/// A table to be restored: the server's, with the columns that were saved.
struct Target {
  Table table;
  SavedRows saved;
  std::filesystem::path file;
};

bool same_column(const Column& now, const Column& then) {
  return now.encoding == then.encoding && now.charset == then.charset &&
         now.generated == then.generated &&
         (now.encoding != Encoding::index || now.type == then.type);
}

/// Columns that came later keep their defaults; one that is gone or means something else cannot be
/// restored.
Table with_saved_columns(Table live, const Table& saved) {
  for (const Column& column : saved.columns) {
    const auto now = std::ranges::find(live.columns, column.name, &Column::name);
    if (now == live.columns.end() || !same_column(*now, column))
      throw base::Error(
          base::Code::stopped,
          fmt::format("column {} of {} was {} when the rows were saved and is {} now; "
                      "nothing was changed",
                      quote_name(column.name),
                      live.quoted(),
                      column.type,
                      now == live.columns.end() ? "gone" : now->type),
          "restore by hand into a table like the one in the schema file");
  }
  const bool has_key = std::ranges::all_of(live.key, [&saved](const std::string& name) {
    return std::ranges::find(saved.columns, name, &Column::name) != saved.columns.end();
  });
  if (!has_key)
    live.key.clear();
  live.columns = saved.columns;
  live.auto_increment = saved.auto_increment;
  return live;
}

std::vector<Target> read_targets(Database& database, const std::filesystem::path& directory) {
  std::vector<Target> targets;
  for (const SavedRows& saved : verify_snapshot(directory).tables) {
    const std::filesystem::path file = directory / saved.rows_file;
    const ParsedFile parsed = parse_file(file);
    if (parsed.sections.size() != 1)
      throw base::Error(base::Code::stopped,
                        fmt::format("{} is a full dump, not a snapshot of rows", file.string()),
                        "load it with the mysql client: zstd -dc FILE | mysql SCHEMA");
    targets.push_back(
        {with_saved_columns(read_table(database, saved.rows.database, saved.rows.table),
                            parsed.sections.front().table),
         saved,
         file});
  }
  return targets;
}

bool is_restored(Database& database, const Target& target) {
  return digest_of(database, target.table, target.saved.rows.where, Lock::none) ==
         target.saved.digest;
}

/// Once: what a trigger does again to a repaired row cannot be helped.
void set_right(Database& database, const std::vector<Target>& targets) {
  bool repaired = false;
  for (const Target& target : targets)
    if (!is_restored(database, target))
      repaired =
          repair_rows(database, target.file, target.table, target.saved.rows.where) || repaired;
  for (const Target& target : targets)
    if (!is_restored(database, target))
      throw base::Error(
          base::Code::stopped,
          fmt::format("the rows of {} do not become what they were{}; nothing was changed",
                      target.table.quoted(),
                      repaired ? ", even set right after a trigger" : ""),
          "a trigger or another session changes them: see SHOW TRIGGERS and SHOW PROCESSLIST");
}

void raise_auto_increment(Database& database, const Table& table) {
  if (!table.auto_increment)
    return;
  const Rows create = database.query("SHOW CREATE TABLE " + table.quoted());
  const auto now = auto_increment_of(create.rows.at(0).at(1).value_or(""));
  if (now.value_or(0) >= *table.auto_increment)
    return;
  const std::string statement =
      fmt::format("ALTER TABLE {} AUTO_INCREMENT = {}", table.quoted(), *table.auto_increment);
  try {
    // A reader that never ends must not hold up everybody behind this statement.
    if (!database.is_oceanbase())
      database.execute("SET SESSION lock_wait_timeout = 10");
    database.execute(statement);
  } catch (base::Error& error) {
    error.add_context(fmt::format("the rows are restored; by hand: {}", statement));
    throw;
  }
}

}  // namespace

void restore_rows(Database& database,
                  const std::filesystem::path& directory,
                  const std::function<void(Database&)>& guard) {
  const std::vector<Target> targets = read_targets(database, directory);
  std::vector<TableName> names;
  std::vector<Table> tables;
  for (const Target& target : targets) {
    names.push_back(name_of(target.saved.rows));
    tables.push_back(target.table);
  }
  require_transactions(database, tables);
  const std::vector<ForeignKey> keys = foreign_keys_around(database, names);
  Transaction transaction(database, "READ COMMITTED");
  if (guard)
    guard(database);
  for (std::size_t i = targets.size(); i-- > 0;)
    delete_scope(database, tables[i], targets[i].saved.rows.where, keys);
  Inserter inserter(database);
  for (const Target& target : targets)
    inserter.insert_file(target.file, target.table);
  inserter.finish();
  set_right(database, targets);
  transaction.commit();
  for (const Table& table : tables)
    raise_auto_increment(database, table);
}

}  // namespace omsctl::metadb
