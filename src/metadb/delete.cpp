#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "omsctl/base/error.hpp"
#include "omsctl/metadb/snapshot.hpp"

#include "foreign_keys.hpp"
#include "row_stream.hpp"
#include "scope.hpp"

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

void delete_all(Database& database,
                const std::vector<Table>& tables,
                const Manifest& manifest,
                const std::vector<ForeignKey>& keys) {
  const std::vector<RowSet> emptied = emptied_sets(manifest);
  for (std::size_t i = tables.size(); i-- > 0;) {
    const SavedRows& saved = manifest.tables[i];
    if (!saved.rows.emptied.empty())
      continue;  // the server empties them with the rows that they refer to
    const std::uint64_t deleted =
        delete_scope(database, tables[i], saved.rows.where, keys, emptied);
    if (deleted != saved.digest.count)
      throw base::Error(
          base::Code::stopped,
          fmt::format("deleting from {} would have taken {} rows, not the {} that were "
                      "saved; nothing was deleted",
                      tables[i].quoted(),
                      deleted,
                      saved.digest.count),
          "something still writes there: stop it, then resume");
  }
}

}  // namespace

void delete_rows(Database& database,
                 const Manifest& manifest,
                 const std::function<void(Database&)>& guard) {
  std::vector<Table> tables;
  std::vector<TableName> names;
  for (const SavedRows& saved : manifest.tables) {
    tables.push_back(read_table(database, saved.rows.database, saved.rows.table));
    names.push_back(name_of(saved.rows));
  }
  require_transactions(database, tables);
  const std::vector<ForeignKey> keys = foreign_keys_around(database, names);
  Transaction transaction(database, "READ COMMITTED");
  if (guard)
    guard(database);
  for (std::size_t i = 0; i < tables.size(); ++i)
    stop_when_changed(
        tables[i],
        digest_of(database, tables[i], manifest.tables[i].rows.where, Lock::for_update),
        manifest.tables[i].digest);
  delete_all(database, tables, manifest, keys);
  transaction.commit();
}

}  // namespace omsctl::metadb
