/// Rows saved exactly, read back and compared before one of them is deleted.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "omsctl/metadb/copy/manifest.hpp"
#include "omsctl/metadb/copy/progress.hpp"
#include "omsctl/metadb/database.hpp"
#include "omsctl/metadb/row_set.hpp"
#include "omsctl/metadb/rows.hpp"

namespace omsctl::metadb {

/// Saves the rows of all `sets` in one consistent read under `directory` (created, 0700; files
/// 0600): NN-<table>.schema.sql and NN-<table>.rows.sql, which the stock mysql client loads into an
/// empty schema, all fsynced; then parses the files again and compares with the rows on the same
/// connection; manifest.json comes last, so a directory that has one is a copy that was verified,
/// and is never written over; one without is what a killed run left, and is begun anew. Throws
/// Error{database}, or Error{storage} when the copy differs or cannot be written.
Manifest take_snapshot(Database& database,
                       const std::vector<RowSet>& sets,
                       const std::filesystem::path& directory,
                       const Progress& progress = {});

/// Reads manifest.json, which holds a digest of itself, and checks every file against it,
/// re-parsing rows. Throws Error{storage} naming the file.
[[nodiscard]] Manifest verify_snapshot(const std::filesystem::path& directory);

/// One file of a copy, read again.
struct FileCheck {
  std::string file;
  std::uint64_t bytes = 0;  ///< on the disk
  std::uint64_t rows = 0;   ///< that it must hold
  std::string problem{};    ///< empty: they are what was saved
};

/// The same as verify_snapshot(), file by file and to the end, whatever is damaged. Throws
/// Error{storage} when there is no manifest that can be relied on.
[[nodiscard]] std::vector<FileCheck> check_copy(const std::filesystem::path& directory);

}  // namespace omsctl::metadb
