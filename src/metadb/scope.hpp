/// Rows deleted child before parent, and nothing besides them.
#pragma once

#include <cstdint>
#include <vector>

#include "omsctl/metadb/database.hpp"

#include "foreign_keys.hpp"
#include "table.hpp"

namespace omsctl::metadb {

/// Deletes the rows of `table` where `where` holds, leaves of a self-reference first. Returns how
/// many. Throws Error{stopped} before that when rows elsewhere would follow by CASCADE, SET NULL or
/// SET DEFAULT: a caller that wants those deleted has them in its sets, and deletes them earlier;
/// those that SET NULL may empty are in `emptied`.
std::uint64_t delete_scope(Database& database,
                           const Table& table,
                           const std::string& where,
                           const std::vector<ForeignKey>& keys,
                           const std::vector<RowSet>& emptied);

/// The sets of `manifest` whose rows stay, and lose a reference.
[[nodiscard]] std::vector<RowSet> emptied_sets(const Manifest& manifest);

/// Throws Error{refused} when a failed transaction could not put back the rows of one of `tables`.
void require_transactions(const Database& database, const std::vector<Table>& tables);

}  // namespace omsctl::metadb
