/// What stands beside a safety copy: whose it is; and how large the next one will be.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "omsctl/metadb/database.hpp"

namespace omsctl::metadb {

/// backup.json in a copy's directory. Written first: an unfinished copy has it too.
struct BackupInfo {
  std::string id;
  std::string kind;  ///< "backup", "before a restore"
  std::string taken;
  std::string deployment;  ///< "host:port/rm_db"
  std::string region;      ///< cm_location
  std::string omsctl_version;
  [[nodiscard]] bool operator==(const BackupInfo&) const = default;
};

/// With a digest of itself, 0600. Throws Error{storage}.
void write_backup_info(const std::filesystem::path& directory, const BackupInfo& info);
/// Throws Error{storage} when it is missing or not as it was written.
[[nodiscard]] BackupInfo read_backup_info(const std::filesystem::path& directory);

/// What information_schema says of a table: estimates.
struct TableSize {
  std::string name;  ///< "oms_cm.host"
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
};
[[nodiscard]] std::vector<TableSize> table_sizes(Database& database,
                                                 const std::vector<std::string>& databases);

}  // namespace omsctl::metadb
