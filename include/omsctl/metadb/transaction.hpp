/// A transaction that is rolled back unless it is committed.
#pragma once

#include <string_view>

#include "omsctl/metadb/database.hpp"
#include "omsctl/metadb/transaction.hpp"

namespace omsctl::metadb {

/// Rolls back at the end of its scope unless committed. `isolation` e.g. "READ COMMITTED";
/// "REPEATABLE READ" takes its snapshot at once.
class Transaction {
 public:
  Transaction(Database& database, std::string_view isolation);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  Transaction(Transaction&&) = delete;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  void commit();

 private:
  Database& database_;
  bool open_ = true;
};

}  // namespace omsctl::metadb
