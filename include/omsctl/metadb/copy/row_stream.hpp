/// A table's rows as the tuples that stand in rows.sql, one after the other, and the digest over
/// them.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "omsctl/metadb/copy/row_stream.hpp"
#include "omsctl/metadb/database.hpp"
#include "omsctl/metadb/row_set.hpp"
#include "omsctl/metadb/schema/table.hpp"

namespace omsctl::metadb {

/// Sum modulo 2^256 of the rows' SHA-256: independent of their order, and two equal rows count
/// twice.
class RowSum {
 public:
  /// `tuple` is a row as stream_tuples gives it.
  void add(std::string_view tuple);
  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  [[nodiscard]] RowDigest digest(const Table& table) const;

 private:
  std::array<std::uint64_t, 4> sum_{};  ///< little end first
  std::uint64_t count_ = 0;
};

enum class Lock { none, for_update };

/// Calls `each` with "(1,_utf8mb4 0x61) /*2*/": the values that can be inserted, then the generated
/// ones. In key order when there is a key. At most `limit` rows; 0: all.
void stream_tuples(Database& database,
                   const Table& table,
                   const std::string& where,
                   Lock lock,
                   const std::function<void(const std::string&)>& each,
                   std::uint64_t limit = 0);

[[nodiscard]] RowDigest digest_of(Database& database,
                                  const Table& table,
                                  const std::string& where,
                                  Lock lock);

/// Digest of the rows as they are now, within the session's current transaction or without one.
[[nodiscard]] RowDigest digest_rows(Database& database, const RowSet& rows);

}  // namespace omsctl::metadb
