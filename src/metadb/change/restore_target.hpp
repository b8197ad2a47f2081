/// One set of a snapshot beside the table it came from, as it is today.
#pragma once

#include <filesystem>
#include <vector>

#include "omsctl/metadb/copy/manifest.hpp"
#include "omsctl/metadb/database.hpp"
#include "omsctl/metadb/schema/table.hpp"

namespace omsctl::metadb {

/// A table to be restored: the server's, with the columns that were saved.
struct RestoreTarget {
  Table table;
  SavedRows saved;
  std::filesystem::path file;

  /// The rows stay, and only references come back.
  [[nodiscard]] bool stays() const { return !saved.rows.emptied.empty(); }
  [[nodiscard]] const std::string& where() const { return saved.rows.where; }
};

/// What a verified snapshot holds, parents before children. Throws Error{storage} when the copy is
/// damaged, Error{stopped} when a table is not what it was.
[[nodiscard]] std::vector<RestoreTarget> read_targets(Database& database,
                                                      const std::filesystem::path& directory);

}  // namespace omsctl::metadb
