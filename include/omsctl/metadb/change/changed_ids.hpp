/// Rows that were deleted and filled in again under other ids, and who still holds the old ones.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "omsctl/metadb/database.hpp"
#include "omsctl/metadb/rows.hpp"

namespace omsctl::metadb {

/// A table whose rows are known by a name and referred to by an id.
struct NamedIds {
  std::string database;
  std::string table;
  std::string name_column;
  std::string id_column;
  std::string reference;  ///< what columns elsewhere are called that hold the id: "host_id"
  [[nodiscard]] bool operator==(const NamedIds&) const = default;
};

/// A column that holds an old id, and in how many rows.
struct IdHolder {
  std::string column;  ///< "database.table.column"
  std::uint64_t rows = 0;
};

struct ChangedId {
  std::string table;  ///< "database.table"
  std::string name;
  std::vector<std::string> old_ids;  ///< those that the name has no more
  std::vector<std::string> new_ids;  ///< all that it has now; empty: the name is gone
  std::vector<IdHolder> holders;
};

/// Compares the rows saved in `snapshot` with those of today, by name. Holders are looked for in
/// columns that refer to the id by a foreign key, and in those of `databases` that are called like
/// `reference` or end in it. Reads only; a table without the two columns has no answer.
[[nodiscard]] std::vector<ChangedId> changed_ids(Database& database,
                                                 const std::filesystem::path& snapshot,
                                                 const std::vector<NamedIds>& tables,
                                                 const std::vector<std::string>& databases);

}  // namespace omsctl::metadb
