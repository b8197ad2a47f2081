/// manifest.json beside the files it describes.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "omsctl/metadb/snapshot.hpp"

namespace omsctl::metadb {

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
