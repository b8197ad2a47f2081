/// Saved rows deleted: exactly those.
#pragma once

#include <functional>

#include "omsctl/metadb/copy/manifest.hpp"
#include "omsctl/metadb/database.hpp"
#include "omsctl/metadb/rows.hpp"

namespace omsctl::metadb {

/// Deletes the rows of the snapshot's scopes as delete_rows() will, and rolls back: what the server
/// refuses (a trigger, a foreign key) is found while OMS runs. Rows are locked for that moment;
/// what a trigger does outside of transactions happens. Throws Error{database} or Error{stopped}.
void rehearse_delete(Database& database, const Manifest& manifest);

/// Deletes exactly the rows of the verified snapshot in one READ COMMITTED transaction: `guard`
/// first (the lease's conditional update), then the rows locked, their digests compared with the
/// manifest, then deleted children first, counts compared, `guard` may throw to stop. Rows of sets
/// with `emptied` columns are locked and compared too, and left to the server to empty. No file is
/// touched inside. Throws Error{stopped} when rows have changed since the snapshot, or when others
/// than the saved ones would follow (nothing is deleted then). `before_commit` is called right
/// before COMMIT is sent: whatever fails earlier has deleted nothing.
void delete_rows(Database& database,
                 const Manifest& manifest,
                 const std::function<void(Database&)>& guard,
                 const std::function<void()>& before_commit = {});

}  // namespace omsctl::metadb
