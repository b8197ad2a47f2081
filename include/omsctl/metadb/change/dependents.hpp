/// Rows elsewhere that hang on rows to be deleted, by foreign keys.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "omsctl/metadb/database.hpp"
#include "omsctl/metadb/row_set.hpp"
#include "omsctl/metadb/rows.hpp"

namespace omsctl::metadb {

/// Rows of one table that refer, by one foreign key, to rows that are to be deleted.
struct Dependent {
  std::string table;  ///< "database.table"
  std::string parent;
  std::string constraint;
  std::string rule;  ///< ON DELETE; empty when the server does not tell
  std::uint64_t rows = 0;
  std::string example;  ///< the key of one of them: "`id` = 5"
  std::string problem;  ///< why the deletion must not begin; empty: they join it
  std::string fix{};    ///< what to do about it
};

struct Dependents {
  std::vector<Dependent> found;
  /// What joins the sets that were asked about, parents before children: rows that CASCADE deletes,
  /// and rows that lose a reference by SET NULL. Fixed by their keys, since what they refer to is
  /// gone when they are to come back.
  std::vector<RowSet> sets;
  std::vector<std::string> triggers;  ///< of the tables in `sets`: "db.table: name (AFTER DELETE)"
};

/// More rows of one dependent table than this are refused: their keys stand in the plan.
inline constexpr std::size_t most_dependents = 1000;

/// What depends on the rows of `sets`, through CASCADE as far as it goes. Reads only. A row of a
/// table of `sets` that is in none of them, and refers to one that is, is a problem whatever the
/// rule: it belongs to somebody else.
[[nodiscard]] Dependents find_dependents(Database& database, const std::vector<RowSet>& sets);

}  // namespace omsctl::metadb
