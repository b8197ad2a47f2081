#include <algorithm>
#include <filesystem>
#include <vector>

#include <fmt/format.h>

#include "omsctl/base/error.hpp"
#include "omsctl/metadb/snapshot.hpp"

#include "foreign_keys.hpp"
#include "references.hpp"
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

  [[nodiscard]] bool stays() const { return !saved.rows.emptied.empty(); }
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
    Table table = read_table(database, saved.rows.database, saved.rows.table);
    if (saved.rows.emptied.empty())
      table = with_saved_columns(std::move(table), parsed.sections.front().table);
    targets.push_back({std::move(table), saved, file});
  }
  return targets;
}

bool is_restored(Database& database, const Target& target) {
  return digest_of(database, target.table, target.saved.rows.where, Lock::none) ==
         target.saved.digest;
}

/// Once: what a trigger does again to a repaired row cannot be helped. False when all was right.
bool repair_where_needed(Database& database, const std::vector<Target>& targets) {
  bool differed = false;
  for (const Target& target : targets)
    if (!target.stays() && !is_restored(database, target)) {
      differed = true;
      static_cast<void>(repair_rows(database, target.file, target.table, target.saved.rows.where));
    }
  return differed;
}

void require_restored(Database& database, const std::vector<Target>& targets) {
  for (const Target& target : targets)
    if (!target.stays() && !is_restored(database, target))
      throw base::Error(
          base::Code::stopped,
          fmt::format("the rows of {} do not become what they were{}; nothing was changed",
                      target.table.quoted(),
                      target.table.key.empty() ? "" : ", even set right after a trigger"),
          "a trigger or another session changes them: see SHOW TRIGGERS and SHOW PROCESSLIST");
}

std::vector<ForeignKey> keys_around(Database& database, const std::vector<Target>& targets) {
  std::vector<TableName> names;
  std::ranges::transform(targets, std::back_inserter(names), [](const Target& target) {
    return name_of(target.saved.rows);
  });
  return foreign_keys_around(database, names);
}

void delete_scopes(Database& database,
                   const std::vector<Target>& targets,
                   const std::vector<ForeignKey>& keys) {
  std::vector<RowSet> emptied;
  for (const Target& target : targets)
    if (target.stays())
      emptied.push_back(target.saved.rows);
  for (std::size_t i = targets.size(); i-- > 0;)
    if (!targets[i].stays())
      delete_scope(database, targets[i].table, targets[i].saved.rows.where, keys, emptied);
}

void put_back(Database& database, const std::vector<Target>& targets) {
  Inserter inserter(database);
  for (const Target& target : targets)
    if (!target.stays())
      inserter.insert_file(target.file, target.table);
  inserter.finish();
  const bool differed = repair_where_needed(database, targets);
  const bool refers = std::ranges::any_of(targets, &Target::stays);
  for (const Target& target : targets)
    if (target.stays())
      restore_references(database, target.table, target.saved, target.file);
  // All has been read again already, unless something was written since.
  if (differed || refers)
    require_restored(database, targets);
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
    database.execute(statement);
  } catch (base::Error& error) {
    error.add_context(fmt::format("the rows are restored; by hand: {}", statement));
    throw;
  }
}

}  // namespace

void restore_rows(Database& database,
                  const std::filesystem::path& directory,
                  const std::function<void(Database&)>& guard,
                  const std::vector<RowSet>& sets) {
  std::vector<Target> targets = read_targets(database, directory);
  for (Target& target : targets)
    for (const RowSet& set : sets)
      if (set.database == target.saved.rows.database && set.table == target.saved.rows.table)
        target.saved.rows.where = set.where;
  std::vector<Table> tables;
  std::ranges::transform(targets, std::back_inserter(tables), &Target::table);
  require_transactions(database, tables);
  const std::vector<ForeignKey> keys = keys_around(database, targets);
  Transaction transaction(database, "READ COMMITTED");
  if (guard)
    guard(database);
  delete_scopes(database, targets, keys);
  put_back(database, targets);
  transaction.commit();
  for (const Target& target : targets)
    if (!target.stays())
      raise_auto_increment(database, target.table);
}

}  // namespace omsctl::metadb
