/// Some rows of one table, and a digest of them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace omsctl::metadb {

/// Some rows of one table. `where` is SQL built with quote_name and quote_text; "1" means all rows.
struct RowSet {
  std::string database;
  std::string table;
  std::string where = "1";
  /// Set: the rows stay. Deleting the rows they refer to empties these columns (ON DELETE SET
  /// NULL), and these alone come back.
  std::vector<std::string> emptied{};
  [[nodiscard]] bool operator==(const RowSet&) const = default;
};

/// How many rows, and a digest of them that does not depend on the order in which they come.
struct RowDigest {
  std::uint64_t count = 0;
  std::string sha256;
  [[nodiscard]] bool operator==(const RowDigest&) const = default;
};

}  // namespace omsctl::metadb
