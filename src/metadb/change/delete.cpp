#include "omsctl/metadb/change/delete.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "omsctl/base/error.hpp"
#include "omsctl/metadb/copy/manifest.hpp"
#include "omsctl/metadb/copy/row_stream.hpp"
#include "omsctl/metadb/row_set.hpp"
#include "omsctl/metadb/schema/foreign_keys.hpp"
#include "omsctl/metadb/schema/table.hpp"
#include "omsctl/metadb/transaction.hpp"

#include "order.hpp"

namespace omsctl::metadb {
namespace {

void stop_when_changed(const Table& table, const RowDigest& now, const RowDigest& saved) {
  if (now == saved)
    return;
  throw base::Error(
      base::Code::stopped,
      fmt::format("the rows of {} have changed since they were saved ({} then, {} now); "
                  "nothing was deleted",
                  table.quoted(),
                  saved.count,
                  now.count),
      "something still writes there: stop it, then resume, which saves the rows again");
}

/// A trigger on one of the tables, say, may put rows into another.
void require_none(Database& database, const Table& table, const std::string& where) {
  const auto left =
      database.value(fmt::format("SELECT COUNT(*) FROM {} WHERE ({})", table.quoted(), where));
  if (left != "0")
    throw base::Error(base::Code::stopped,
                      fmt::format("{} rows of {} are there again as soon as they are deleted; "
                                  "nothing was deleted",
                                  left.value_or("?"),
                                  table.quoted()),
                      "look at the triggers on these tables (SHOW TRIGGERS)");
}

/// `exactly`: as many rows as were saved.
void delete_all(Database& database,
                const std::vector<Table>& tables,
                const Manifest& manifest,
                const std::vector<ForeignKey>& keys,
                bool exactly) {
  const std::vector<RowSet> emptied = emptied_sets(manifest);
  for (std::size_t i = tables.size(); i-- > 0;) {
    const SavedRows& saved = manifest.tables[i];
    if (!saved.rows.emptied.empty())
      continue;  // the server empties them with the rows that they refer to
    const std::uint64_t deleted =
        delete_scope(database, tables[i], saved.rows.where, keys, emptied);
    if (exactly && deleted != saved.digest.count)
      throw base::Error(
          base::Code::stopped,
          fmt::format("deleting from {} would have taken {} rows, not the {} that were "
                      "saved; nothing was deleted",
                      tables[i].quoted(),
                      deleted,
                      saved.digest.count),
          "something still writes there: stop it, then resume");
  }
  for (std::size_t i = 0; i < tables.size(); ++i)
    if (manifest.tables[i].rows.emptied.empty())
      require_none(database, tables[i], manifest.tables[i].rows.where);
}

std::vector<Table> tables_of(Database& database, const Manifest& manifest) {
  std::vector<Table> tables;
  tables.reserve(manifest.tables.size());
  for (const SavedRows& saved : manifest.tables)
    tables.push_back(read_table(database, saved.rows.database, saved.rows.table));
  require_transactions(database, tables);
  return tables;
}

std::vector<ForeignKey> keys_around(Database& database, const Manifest& manifest) {
  std::vector<TableName> names;
  names.reserve(manifest.tables.size());
  for (const SavedRows& saved : manifest.tables)
    names.push_back(name_of(saved.rows));
  return foreign_keys_around(database, names);
}

}  // namespace

void rehearse_delete(Database& database, const Manifest& manifest) {
  const std::vector<Table> tables = tables_of(database, manifest);
  const std::vector<ForeignKey> keys = keys_around(database, manifest);
  const Transaction rolled_back(database, "READ COMMITTED");
  delete_all(database, tables, manifest, keys, false);
}

void delete_rows(Database& database,
                 const Manifest& manifest,
                 const std::function<void(Database&)>& guard,
                 const std::function<void()>& before_commit) {
  const std::vector<Table> tables = tables_of(database, manifest);
  const std::vector<ForeignKey> keys = keys_around(database, manifest);
  Transaction transaction(database, "READ COMMITTED");
  if (guard)
    guard(database);
  for (std::size_t i = 0; i < tables.size(); ++i)
    stop_when_changed(
        tables[i],
        digest_of(database, tables[i], manifest.tables[i].rows.where, Lock::for_update),
        manifest.tables[i].digest);
  delete_all(database, tables, manifest, keys, true);
  if (before_commit)
    before_commit();
  transaction.commit();
}

}  // namespace omsctl::metadb
