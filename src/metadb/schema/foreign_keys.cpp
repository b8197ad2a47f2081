#include "omsctl/metadb/schema/foreign_keys.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "omsctl/metadb/rows.hpp"
#include "omsctl/metadb/schema/scan.hpp"
#include "omsctl/metadb/schema/table.hpp"

namespace omsctl::metadb {
namespace {

/// The spelling that the caller uses, where the server means the same table.
TableName as_spelt(const Database& database,
                   const std::vector<TableName>& tables,
                   const TableName& name) {
  const auto found = std::ranges::find_if(tables, [&](const TableName& table) {
    return is_same_name(database, table.database, name.database) &&
           is_same_name(database, table.table, name.table);
  });
  return found == tables.end() ? name : *found;
}

bool among(const std::vector<TableName>& tables, const TableName& name) {
  return std::ranges::find(tables, name) != tables.end();
}

/// Both sides in one statement: the server reads every table's definition for it, once is enough.
std::string usage_query(const std::vector<TableName>& tables) {
  std::vector<std::string> sides;
  for (const TableName& table : tables)
    for (const std::string_view prefix : {"TABLE", "REFERENCED_TABLE"})
      sides.push_back(fmt::format("({0}_SCHEMA = {1} AND {0}_NAME = {2})",
                                  prefix,
                                  quote_text(table.database),
                                  quote_text(table.table)));
  return fmt::format(
      "SELECT CONSTRAINT_NAME, TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, REFERENCED_TABLE_SCHEMA, "
      "REFERENCED_TABLE_NAME, REFERENCED_COLUMN_NAME FROM information_schema.KEY_COLUMN_USAGE "
      "WHERE REFERENCED_TABLE_NAME IS NOT NULL AND ({}) "
      "ORDER BY TABLE_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION",
      fmt::join(sides, " OR "));
}

/// One whose rule the server does not tell keeps none.
void add_delete_rules(Database& database, std::vector<ForeignKey>& keys) {
  try {
    const Rows rows = database.query(
        "SELECT CONSTRAINT_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, DELETE_RULE FROM "
        "information_schema.REFERENTIAL_CONSTRAINTS");
    for (const Row& row : rows.rows) {
      const auto text = [&row](std::size_t column) { return row.at(column).value_or(""); };
      for (ForeignKey& key : keys)
        if (key.name == text(2) && is_same_name(database, key.child.database, text(0)) &&
            is_same_name(database, key.child.table, text(1)))
          key.on_delete = text(3);
    }
  } catch (const DatabaseError& error) {
    // Older OceanBase tenants lack this view: their rules stay unknown.
    if (error.lost() || !database.is_oceanbase())
      throw;
  }
}

/// A user with privileges on single tables is told no rules by information_schema.
std::string shown_rule(Database& database, const ForeignKey& key) {
  try {
    const Rows shown = database.query("SHOW CREATE TABLE " + key.child.quoted());
    return delete_rule_of(shown.rows.at(0).at(1).value_or(""), key.name).value_or("");
  } catch (const DatabaseError& error) {
    if (error.lost())
      throw;
    return {};
  }
}

}  // namespace

TableName name_of(const RowSet& rows) {
  return {rows.database, rows.table};
}

std::string list_of(const std::vector<std::string>& columns) {
  std::vector<std::string> quoted;
  std::ranges::transform(columns, std::back_inserter(quoted), [](const std::string& column) {
    return quote_name(column);
  });
  return fmt::format("{}", fmt::join(quoted, ", "));
}

std::string ForeignKey::refers_to(const std::string& where) const {
  return fmt::format("({}) IN (SELECT {} FROM {} WHERE ({}))",
                     list_of(columns),
                     list_of(referenced),
                     parent.quoted(),
                     where);
}

std::vector<ForeignKey> foreign_keys_around(Database& database,
                                            const std::vector<TableName>& tables) {
  std::vector<ForeignKey> keys;
  if (tables.empty())
    return keys;
  for (const Row& row : database.query(usage_query(tables)).rows) {
    const auto text = [&row](std::size_t column) { return row.at(column).value_or(""); };
    const TableName child = as_spelt(database, tables, {text(1), text(2)});
    const TableName parent = as_spelt(database, tables, {text(4), text(5)});
    if (!among(tables, child) && !among(tables, parent))
      continue;
    if (keys.empty() || keys.back().name != text(0) || keys.back().child != child)
      keys.push_back({.name = text(0), .child = child, .parent = parent});
    keys.back().columns.push_back(text(3));
    keys.back().referenced.push_back(text(6));
  }
  if (!keys.empty())
    add_delete_rules(database, keys);
  for (ForeignKey& key : keys)
    if (key.on_delete.empty())
      key.on_delete = shown_rule(database, key);
  return keys;
}

std::vector<std::size_t> parents_first(const std::vector<TableName>& tables,
                                       const std::vector<ForeignKey>& keys) {
  std::vector<std::size_t> order;
  std::vector<bool> placed(tables.size(), false);
  const auto waits = [&](std::size_t index) {
    return std::ranges::any_of(keys, [&](const ForeignKey& key) {
      if (key.child != tables[index] || key.parent == tables[index])
        return false;
      for (std::size_t i = 0; i < tables.size(); ++i)
        if (!placed[i] && tables[i] == key.parent)
          return true;
      return false;
    });
  };
  while (order.size() < tables.size()) {
    std::size_t next = tables.size();
    std::size_t first_left = tables.size();
    for (std::size_t i = tables.size(); i-- > 0;) {
      if (placed[i])
        continue;
      first_left = i;
      if (!waits(i))
        next = i;
    }
    const std::size_t chosen = next < tables.size() ? next : first_left;
    placed[chosen] = true;
    order.push_back(chosen);
  }
  return order;
}

}  // namespace omsctl::metadb
