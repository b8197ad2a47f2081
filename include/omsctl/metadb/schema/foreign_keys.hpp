/// Foreign keys around a set of tables, and the order they ask for.
#pragma once

#include <string>
#include <vector>

#include "omsctl/metadb/database.hpp"
#include "omsctl/metadb/quote.hpp"
#include "omsctl/metadb/row_set.hpp"

namespace omsctl::metadb {

struct TableName {
  std::string database;
  std::string table;
  [[nodiscard]] bool operator==(const TableName&) const = default;
  [[nodiscard]] std::string quoted() const { return quote_name(database, table); }
};

struct ForeignKey {
  std::string name;
  TableName child;
  TableName parent;
  std::vector<std::string> columns{};     ///< of the child
  std::vector<std::string> referenced{};  ///< of the parent, in the same order
  std::string on_delete{};                ///< "CASCADE", "SET NULL", "RESTRICT", …; "" unknown

  [[nodiscard]] bool restricts() const {
    return on_delete == "RESTRICT" || on_delete == "NO ACTION";
  }
  /// True for rows of the child that refer to rows of the parent in `where`.
  [[nodiscard]] std::string refers_to(const std::string& where) const;
};

/// All foreign keys whose child or parent is one of `tables`.
[[nodiscard]] std::vector<ForeignKey> foreign_keys_around(Database& database,
                                                          const std::vector<TableName>& tables);

/// Indices of `tables`, parents before children, otherwise in the given order. Tables in a cycle
/// keep their order.
[[nodiscard]] std::vector<std::size_t> parents_first(const std::vector<TableName>& tables,
                                                     const std::vector<ForeignKey>& keys);

[[nodiscard]] TableName name_of(const RowSet& rows);

/// "`a`, `b`"
[[nodiscard]] std::string list_of(const std::vector<std::string>& columns);

}  // namespace omsctl::metadb
