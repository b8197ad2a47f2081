/// What putting a snapshot back will do to today's rows: for showing it before it is done.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "omsctl/metadb/database.hpp"

namespace omsctl::metadb {

/// One row that will not stay as it is.
struct RowChange {
  enum class Kind { inserted, updated, deleted } kind = Kind::inserted;
  std::string key;                   ///< "id = 5", "ip = '10.0.0.1'"
  std::vector<std::string> columns;  ///< of an updated row, those that will change
  [[nodiscard]] bool operator==(const RowChange&) const = default;
};

/// How one set of a snapshot differs from what is there.
struct RowChanges {
  std::string database;
  std::string table;
  std::uint64_t saved = 0;      ///< rows in the copy
  std::uint64_t missing = 0;    ///< are inserted
  std::uint64_t changed = 0;    ///< are set as they were
  std::uint64_t strangers = 0;  ///< are deleted
  /// Without a key all rows are deleted and the saved ones inserted; nobody can say which differ.
  bool keyless = false;
  /// The rows stay; only references that a deletion emptied are set as they were.
  bool references_only = false;
  std::vector<RowChange> examples;  ///< at most `most_examples` of each kind

  [[nodiscard]] bool none() const { return missing + changed + strangers == 0; }
};

inline constexpr std::size_t most_examples = 20;

/// Compares a verified snapshot with today's rows in one consistent read; changes and locks
/// nothing. Throws as restore_rows() does where it could not begin: Error{storage} for a damaged
/// copy, Error{stopped} for a table that is not what it was.
[[nodiscard]] std::vector<RowChanges> compare_with_rows(Database& database,
                                                        const std::filesystem::path& directory);

}  // namespace omsctl::metadb
