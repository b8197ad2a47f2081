/// The SQL behind the lease.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "omsctl/metadb/database.hpp"
#include "omsctl/metadb/lease/lease.hpp"
#include "omsctl/metadb/quote.hpp"

namespace omsctl::metadb {

/// A session that answers within seconds or fails, whatever the MetaDB or another session's locks
/// do.
[[nodiscard]] Database connect_bounded(const Endpoint& endpoint);

/// The table of all leases of the deployment: there is one row, with id 1.
class LeaseTable {
 public:
  explicit LeaseTable(const std::string& rm_database)
      : name_(quote_name(rm_database, "omsctl_lease")) {}

  /// Creates the table when it is missing. DDL: never inside a transaction.
  void create(Database& database) const;
  [[nodiscard]] std::optional<LeaseRecord> read(Database& database) const;
  /// The row's insertion when there is none. False when there is one.
  [[nodiscard]] bool insert(Database& database, const Claim& claim, std::uint64_t fence) const;
  /// Replaces the holder of exactly `old`; with `only_stale` only while it is expired.
  [[nodiscard]] bool take_over(Database& database,
                               const LeaseRecord& old,
                               const Claim& claim,
                               std::uint64_t fence,
                               bool only_stale) const;
  /// Each is true when the row still has `fence`.
  bool renew(Database& database, std::uint64_t fence) const;
  [[nodiscard]] bool write_step(Database& database,
                                std::uint64_t fence,
                                const std::string& step,
                                bool changed) const;
  bool remove(Database& database, std::uint64_t fence) const;
  [[nodiscard]] bool remove_run(Database& database, const std::string& run) const;

 private:
  std::string name_;
};

/// Larger than any fence before: the server's clock in microseconds, at least.
[[nodiscard]] std::uint64_t next_fence(Database& database, std::uint64_t last);

}  // namespace omsctl::metadb
