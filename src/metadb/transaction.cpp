#include "omsctl/metadb/transaction.hpp"

#include <fmt/format.h>

#include "omsctl/metadb/database.hpp"

namespace omsctl::metadb {

Transaction::Transaction(Database& database, std::string_view isolation) : database_(database) {
  database_.execute(fmt::format("SET TRANSACTION ISOLATION LEVEL {}", isolation));
  database_.execute(isolation == "REPEATABLE READ" ? "START TRANSACTION WITH CONSISTENT SNAPSHOT"
                                                   : "START TRANSACTION");
}

Transaction::~Transaction() {
  if (!open_)
    return;
  try {
    database_.execute("ROLLBACK");
  } catch (...) {
    // The connection is gone, and with it the transaction.
    open_ = false;
  }
}

void Transaction::commit() {
  database_.execute("COMMIT");
  open_ = false;
}

}  // namespace omsctl::metadb
