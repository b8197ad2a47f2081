/// Rows deleted child before parent, and nothing besides them.
#pragma once

#include <cstdint>
#include <vector>

#include "omsctl/metadb/copy/manifest.hpp"
#include "omsctl/metadb/database.hpp"
#include "omsctl/metadb/row_set.hpp"
#include "omsctl/metadb/rows.hpp"
#include "omsctl/metadb/schema/foreign_keys.hpp"
#include "omsctl/metadb/schema/table.hpp"

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

/// How many rows of the key's child would follow rows of its parent in `where`, leaving out those
/// in `emptied` that SET NULL may empty, and for a self-reference the rows in `where` themselves. 0
/// for a key that restricts.
[[nodiscard]] std::uint64_t count_followers(Database& database,
                                            const ForeignKey& key,
                                            const std::string& where,
                                            const std::vector<RowSet>& emptied);

/// Throws Error{stopped}: `count` rows would follow by `key`, and are not in the snapshot.
[[noreturn]] void refuse_followers(const ForeignKey& key, std::uint64_t count);

/// The sets of `manifest` whose rows stay, and lose a reference.
[[nodiscard]] std::vector<RowSet> emptied_sets(const Manifest& manifest);

/// Throws Error{refused} when a failed transaction could not put back the rows of one of `tables`.
void require_transactions(const Database& database, const std::vector<Table>& tables);

}  // namespace omsctl::metadb
