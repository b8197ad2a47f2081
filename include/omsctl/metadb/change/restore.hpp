/// Saved rows put back.
#pragma once

#include <filesystem>
#include <functional>
#include <vector>

#include "omsctl/metadb/database.hpp"
#include "omsctl/metadb/row_set.hpp"
#include "omsctl/metadb/rows.hpp"

namespace omsctl::metadb {

/// Puts the snapshot's rows back in one READ COMMITTED transaction, `guard` first: rows of the
/// scopes are locked; those that are as they were saved are left alone, strangers deleted (children
/// first), missing ones inserted with their ids and changed ones updated by their key (parents
/// first); then all are compared before the commit, and what a trigger changed is set right once. A
/// table without a key that differs is emptied and filled. `emptied` columns are set as they were
/// in the rows that are still there, whose other columns are left alone; AUTO_INCREMENT is raised
/// afterwards where it is lower than before. Throws Error{stopped} when rows that are not in the
/// snapshot would follow a deleted one, or Error{database}; then nothing was changed, except when
/// it says "the rows are restored and committed" and only AUTO_INCREMENT is not. `sets` take the
/// place of the snapshot's own scopes of the same tables.
void restore_rows(Database& database,
                  const std::filesystem::path& directory,
                  const std::function<void(Database&)>& guard,
                  const std::vector<RowSet>& sets = {});

/// Does what restore_rows() would do, and rolls back: what the server refuses, or what would take
/// rows along that are in no copy, is found while OMS runs. Rows are locked for that moment.
void rehearse_restore(Database& database,
                      const std::filesystem::path& directory,
                      const std::vector<RowSet>& sets);

}  // namespace omsctl::metadb
