/// Whole databases as files that the stock mysql client loads.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "omsctl/metadb/copy/manifest.hpp"
#include "omsctl/metadb/copy/progress.hpp"
#include "omsctl/metadb/database.hpp"

namespace omsctl::metadb {

/// Dumps whole databases in one consistent snapshot (REPEATABLE READ, set explicitly) into
/// `directory`, one <database>.sql.zst each plus manifest.json, which carries a digest streamed
/// inside that snapshot; begins anew in what a killed run left; then decompresses and parses each
/// file again and compares. Of heatbeat_sequence only the schema and the newest row (it is
/// unbounded). Constant memory. What is not in it (routines, events) is named in left_out.
Manifest dump_databases(Database& database,
                        const std::vector<std::string>& databases,
                        const std::filesystem::path& directory,
                        const Progress& progress = {});

}  // namespace omsctl::metadb
