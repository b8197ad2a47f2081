#include "order.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "omsctl/base/error.hpp"
#include "omsctl/metadb/copy/manifest.hpp"
#include "omsctl/metadb/quote.hpp"
#include "omsctl/metadb/row_set.hpp"

namespace omsctl::metadb {
namespace {

/// True for rows that other rows of the same table still refer to (a row that refers to itself does
/// not count).
std::string is_referred_to(const Table& table, const ForeignKey& key) {
  std::vector<std::string> itself;
  for (std::size_t i = 0; i < key.columns.size(); ++i)
    itself.push_back(
        fmt::format("{} <=> {}", quote_name(key.columns[i]), quote_name(key.referenced[i])));
  // DISTINCT: MySQL must build the inner table first, or it refuses to read what it deletes from.
  return fmt::format(
      "COALESCE(({}) IN (SELECT * FROM (SELECT DISTINCT {} FROM {} WHERE NOT ({})) AS "
      "omsctl_referring), 0)",
      list_of(key.referenced),
      list_of(key.columns),
      table.quoted(),
      fmt::join(itself, " AND "));
}

std::uint64_t delete_leaves_first(Database& database,
                                  const Table& table,
                                  const std::string& where,
                                  const std::vector<const ForeignKey*>& self) {
  std::string condition = fmt::format("({})", where);
  for (const ForeignKey* key : self)
    condition += " AND " + is_referred_to(table, *key) + " = 0";
  std::uint64_t deleted = 0;
  for (std::uint64_t now = 1; now > 0; deleted += now)
    now = database.execute(fmt::format("DELETE FROM {} WHERE {}", table.quoted(), condition));
  return deleted;
}

/// Rows that would follow and are not among the `emptied` ones that are saved.
std::string followers_of(const ForeignKey& key,
                         const std::string& where,
                         const std::vector<RowSet>& emptied) {
  std::string condition = key.refers_to(where);
  for (const RowSet& saved : emptied)
    if (key.on_delete == "SET NULL" && name_of(saved) == key.child && saved.emptied == key.columns)
      condition += fmt::format(" AND NOT ({})", saved.where);
  if (key.child == key.parent)
    condition += fmt::format(" AND NOT ({})", where);
  return condition;
}

}  // namespace

std::uint64_t count_followers(Database& database,
                              const ForeignKey& key,
                              const std::string& where,
                              const std::vector<RowSet>& emptied) {
  if (key.restricts())
    return 0;
  const auto count = database.value(fmt::format(
      "SELECT COUNT(*) FROM {} WHERE {}", key.child.quoted(), followers_of(key, where, emptied)));
  return std::stoull(count.value_or("0"));
}

void refuse_followers(const ForeignKey& key, std::uint64_t count) {
  throw base::Error(
      base::Code::stopped,
      fmt::format("{} rows of {} refer to rows of {} that are to be deleted, and would follow them "
                  "(ON DELETE {}); they are not in the snapshot",
                  count,
                  key.child.quoted(),
                  key.parent.quoted(),
                  key.on_delete.empty() ? "unknown" : key.on_delete),
      "nothing was changed; look at these rows: delete them, or let them refer to others, then try "
      "again");
}

std::uint64_t delete_scope(Database& database,
                           const Table& table,
                           const std::string& where,
                           const std::vector<ForeignKey>& keys,
                           const std::vector<RowSet>& emptied) {
  const TableName name{table.database, table.name};
  std::vector<const ForeignKey*> self;
  for (const ForeignKey& key : keys) {
    if (key.parent != name)
      continue;
    if (key.child == name)
      self.push_back(&key);
    else if (const auto count = count_followers(database, key, where, emptied); count > 0)
      refuse_followers(key, count);
  }
  if (!self.empty())
    return delete_leaves_first(database, table, where, self);
  return database.execute(fmt::format("DELETE FROM {} WHERE ({})", table.quoted(), where));
}

std::vector<RowSet> emptied_sets(const Manifest& manifest) {
  std::vector<RowSet> sets;
  for (const SavedRows& saved : manifest.tables)
    if (!saved.rows.emptied.empty())
      sets.push_back(saved.rows);
  return sets;
}

void require_transactions(const Database& database, const std::vector<Table>& tables) {
  if (database.is_oceanbase())
    return;
  for (const Table& table : tables)
    if (table.engine != "InnoDB")
      throw base::Error(
          base::Code::refused,
          fmt::format("{} uses the engine {}, which has no transactions: a failure midway would "
                      "leave it half deleted",
                      table.quoted(),
                      table.engine),
          fmt::format("in an agreed downtime: ALTER TABLE {} ENGINE=InnoDB", table.quoted()));
}

}  // namespace omsctl::metadb
