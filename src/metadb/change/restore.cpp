#include "omsctl/metadb/change/restore.hpp"

#include <algorithm>
#include <filesystem>
#include <vector>

#include <fmt/format.h>

#include "omsctl/base/error.hpp"
#include "omsctl/metadb/row_set.hpp"
#include "omsctl/metadb/schema/foreign_keys.hpp"
#include "omsctl/metadb/schema/scan.hpp"
#include "omsctl/metadb/transaction.hpp"

#include "order.hpp"
#include "references.hpp"
#include "restore_target.hpp"
#include "row_restore.hpp"

namespace omsctl::metadb {
namespace {

bool is_restored(Database& database, const RestoreTarget& target) {
  return digest_of(database, target.table, target.saved.rows.where, Lock::none) ==
         target.saved.digest;
}

void require_restored(Database& database, const std::vector<RestoreTarget>& targets) {
  for (const RestoreTarget& target : targets)
    if (!target.stays() && !is_restored(database, target))
      throw base::Error(
          base::Code::stopped,
          fmt::format("the rows of {} do not become what they were{}; nothing was changed",
                      target.table.quoted(),
                      target.table.key.empty() ? "" : ", even set right after a trigger"),
          "a trigger or another session changes them: see SHOW TRIGGERS and SHOW PROCESSLIST");
}

std::vector<ForeignKey> keys_around(Database& database, const std::vector<RestoreTarget>& targets) {
  std::vector<TableName> names;
  std::ranges::transform(targets, std::back_inserter(names), [](const RestoreTarget& target) {
    return name_of(target.saved.rows);
  });
  return foreign_keys_around(database, names);
}

void put_back(Database& database,
              const std::vector<RestoreTarget>& targets,
              const std::vector<ForeignKey>& keys) {
  // Twice: what a trigger made of the rows is set right once. What it does again cannot be helped.
  const bool differed =
      RowRestore(database, targets, keys).run() && RowRestore(database, targets, keys).run();
  const bool refers = std::ranges::any_of(targets, &RestoreTarget::stays);
  for (const RestoreTarget& target : targets)
    if (target.stays())
      restore_references(database, target.table, target.saved, target.file);
  // Otherwise all has been read again already.
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
  } catch (const base::Error& error) {
    throw base::Error(base::Code::stopped,
                      fmt::format("the rows are restored and committed; {}", error.what()),
                      fmt::format("as a user that may ALTER: {}", statement));
  }
}

std::vector<RestoreTarget> targets_of(Database& database,
                                      const std::filesystem::path& directory,
                                      const std::vector<RowSet>& sets) {
  std::vector<RestoreTarget> targets = read_targets(database, directory);
  std::vector<Table> tables;
  for (RestoreTarget& target : targets) {
    for (const RowSet& set : sets)
      if (set.database == target.saved.rows.database && set.table == target.saved.rows.table)
        target.saved.rows.where = set.where;
    tables.push_back(target.table);
  }
  require_transactions(database, tables);
  return targets;
}

}  // namespace

void rehearse_restore(Database& database,
                      const std::filesystem::path& directory,
                      const std::vector<RowSet>& sets) {
  const std::vector<RestoreTarget> targets = targets_of(database, directory, sets);
  const std::vector<ForeignKey> keys = keys_around(database, targets);
  const Transaction rolled_back(database, "READ COMMITTED");
  put_back(database, targets, keys);
}

void restore_rows(Database& database,
                  const std::filesystem::path& directory,
                  const std::function<void(Database&)>& guard,
                  const std::vector<RowSet>& sets) {
  const std::vector<RestoreTarget> targets = targets_of(database, directory, sets);
  const std::vector<ForeignKey> keys = keys_around(database, targets);
  Transaction transaction(database, "READ COMMITTED");
  if (guard)
    guard(database);
  put_back(database, targets, keys);
  transaction.commit();
  for (const RestoreTarget& target : targets)
    if (!target.stays())
      raise_auto_increment(database, target.table);
}

}  // namespace omsctl::metadb
