/// manifest.json beside the files that it describes.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "omsctl/metadb/database.hpp"
#include "omsctl/metadb/row_set.hpp"

namespace omsctl::metadb {

/// One table in a snapshot.
struct SavedRows {
  RowSet rows;
  RowDigest digest;
  std::string schema_file;  ///< name within the snapshot's directory
  std::string rows_file;
};

/// manifest.json of a snapshot or a full dump: what is in it and what is not.
struct Manifest {
  int format = 2;
  std::string taken;  ///< UTC
  std::string server_version;
  std::string time_zone;          ///< the server's
  std::vector<SavedRows> tables;  ///< parents before children (foreign keys among them)
  std::map<std::string, std::string>
      files;  ///< name → SHA-256 of each file, as it lies on the disk
  std::map<std::string, std::string> databases;  ///< of a full dump: file → whose it is
  std::vector<std::string> left_out;             ///< e.g. "routines of oms_rm"
};
void to_json(nlohmann::json& json, const Manifest& manifest);
void from_json(const nlohmann::json& json, Manifest& manifest);

/// What manifest.json says; no other file is read. Throws Error{storage}.
[[nodiscard]] Manifest read_manifest(const std::filesystem::path& directory);

inline constexpr auto manifest_name = "manifest.json";

/// Creates `directory` (0700). Throws Error{storage} when it holds a finished copy: that one is
/// never overwritten.
void prepare_directory(const std::filesystem::path& directory);

/// Server version, time zone and the time; no tables yet.
[[nodiscard]] Manifest begin_manifest(Database& database);

/// Names in `left_out` what this user lacks the privileges to see in `databases`.
void name_unseen(Database& database, const std::vector<std::string>& databases, Manifest& manifest);

/// Written last, fsynced: a directory without it holds no copy.
void write_manifest(const std::filesystem::path& directory, const Manifest& manifest);

/// Reads every file back and compares it with `manifest`. Throws Error{storage} naming the file.
void check_files(const std::filesystem::path& directory, const Manifest& manifest);

/// `name` with all but letters, digits, '-' and '_' replaced, and not too long for a file name.
[[nodiscard]] std::string file_safe(std::string_view name);

}  // namespace omsctl::metadb
