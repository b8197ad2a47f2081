/// References that ON DELETE SET NULL emptied, set as they were.
#pragma once

#include <cstdint>
#include <filesystem>

#include "omsctl/metadb/copy/manifest.hpp"
#include "omsctl/metadb/database.hpp"
#include "omsctl/metadb/schema/table.hpp"

namespace omsctl::metadb {

/// Sets the columns `saved.rows.emptied` as they are in `file`, in the rows that are still there,
/// and re-reads them. `table` is the server's. A row that is gone has no reference to lose: it is
/// passed over. Throws Error{stopped} when a reference does not become what it was.
void restore_references(Database& database,
                        const Table& table,
                        const SavedRows& saved,
                        const std::filesystem::path& file);

/// How many of these references are not what they were, in rows that are still there.
[[nodiscard]] std::uint64_t count_lost_references(Database& database,
                                                  const Table& table,
                                                  const SavedRows& saved,
                                                  const std::filesystem::path& file);

}  // namespace omsctl::metadb
