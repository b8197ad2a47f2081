/// Saved rows put back into tables, and set right where a trigger changed them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "omsctl/metadb/database.hpp"

#include "sections.hpp"
#include "table.hpp"

namespace omsctl::metadb {

/// Inserts in batches. A row whose parent is not there yet (a self-reference, tables that refer to
/// each other) waits until the others are in; foreign keys stay checked throughout.
class Inserter {
 public:
  explicit Inserter(Database& database) : database_(database) {}

  void insert_file(const std::filesystem::path& file, const Table& table);
  /// The rows that waited. Throws what the server says of the first one when none of them can go
  /// in.
  void finish();

 private:
  void flush(const std::string& prefix);
  [[nodiscard]] bool goes_in(const std::string& statement);

  Database& database_;
  std::vector<std::string> batch_;
  std::size_t batch_size_ = 0;
  std::vector<std::string> waiting_;  ///< whole statements
};

/// Makes the rows of `table` in `where` those of `file`, by key: changed ones updated, missing ones
/// inserted, others deleted. False when the table has no key to do it by. Holds a hash of each row
/// in memory.
[[nodiscard]] bool repair_rows(Database& database,
                               const std::filesystem::path& file,
                               const Table& table,
                               const std::string& where);

}  // namespace omsctl::metadb
