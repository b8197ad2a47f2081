#include <sys/socket.h>

#include <string>

#include <gtest/gtest.h>

#include "omsctl/base/error.hpp"
#include "omsctl/metadb/database.hpp"
#include "omsctl/metadb/quote.hpp"
#include "omsctl/metadb/rows.hpp"
#include "omsctl/metadb/transaction.hpp"

#include "metadb/fixture.hpp"
#include "support/loopback.hpp"
#include "support/mariadb_server.hpp"

namespace omsctl::metadb {
namespace {

using support::MariadbServer;

Database connect() {
  return Database::connect(MariadbServer::shared().tcp());
}

TEST(Database, SpeaksUtf8InUtcWhateverTheServersZone) {
  Database database = connect();
  EXPECT_EQ(database.value("SELECT @@session.time_zone"), "+00:00");
  EXPECT_EQ(database.value("SELECT @@character_set_client"), "utf8mb4");
  EXPECT_EQ(database.value("SELECT @@session.sql_mode"),
            "NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES");
  EXPECT_FALSE(database.is_oceanbase());
  EXPECT_TRUE(mentions(database.server_version(), "MariaDB"));
}

TEST(Database, IsReachedThroughAUnixSocket) {
  Database database = Database::connect(MariadbServer::shared().socket());
  EXPECT_EQ(database.value("SELECT SUBSTRING_INDEX(USER(), '@', -1)"), "localhost");
  EXPECT_TRUE(mentions(database.address(), " through a host"));
}

TEST(Database, TellsNullFromTheEmptyString) {
  Database database = connect();
  const Rows rows = database.query("SELECT NULL AS a, '' AS b");
  EXPECT_EQ(rows.rows.at(0).at(rows.index("A")), std::nullopt);
  EXPECT_EQ(rows.rows.at(0).at(rows.index("B")), "");
  EXPECT_FALSE(rows.has("c"));
}

TEST(Database, CountsMatchedRowsOfAnUpdateThatChangesNothing) {
  Database database = connect();
  database.execute("CREATE TEMPORARY TABLE mysql.t (a INT)");
  EXPECT_EQ(database.execute("INSERT INTO mysql.t VALUES (1), (1)"), 2U);
  EXPECT_EQ(database.execute("UPDATE mysql.t SET a = 1"), 2U);
}

TEST(Database, StaysUsableAfterACallbackThrewMidway) {
  Database database = connect();
  EXPECT_THROW(database.stream("SELECT 1 UNION SELECT 2 UNION SELECT 3",
                               [](const Row&) { throw std::runtime_error("enough"); }),
               std::runtime_error);
  EXPECT_EQ(database.value("SELECT 4"), "4");
}

TEST(Database, NamesTheMissingTableAndTheAddress) {
  Database database = connect();
  const base::Error error =
      failure_of([&] { static_cast<void>(database.query("SELECT * FROM mysql.absent")); });
  EXPECT_EQ(error.code(), base::Code::database);
  EXPECT_TRUE(mentions(error.what(), "mysql.absent")) << error.what();
  EXPECT_TRUE(mentions(error.what(), "127.0.0.1:")) << error.what();
  EXPECT_TRUE(mentions(error.what(), "1146")) << error.what();
  EXPECT_TRUE(mentions(error.hint(), "drc_cm_db")) << error.hint();
}

TEST(Database, RefusesAWrongPasswordWithoutShowingIt) {
  Endpoint endpoint = MariadbServer::shared().tcp();
  endpoint.password = base::Secret("hunter2");
  const base::Error error = failure_of([&] { static_cast<void>(Database::connect(endpoint)); });
  EXPECT_TRUE(mentions(error.what(), "Access denied")) << error.what();
  EXPECT_TRUE(mentions(error.hint(), "oms_meta_password")) << error.hint();
  EXPECT_FALSE(mentions(error.what() + error.hint(), "hunter2"));
}

TEST(Database, SaysWhenNothingListens) {
  MariadbServer server;
  server.stop();
  const base::Error error = failure_of([&] { static_cast<void>(Database::connect(server.tcp())); });
  EXPECT_TRUE(mentions(error.what(), fmt::format("127.0.0.1:{}", server.tcp().port)))
      << error.what();
  EXPECT_TRUE(mentions(error.hint(), "firewall")) << error.hint();
}

TEST(Database, GivesUpOnAPortThatAcceptsButSaysNothing) {
  const support::LoopbackSocket silent = support::bind_to_loopback();
  ASSERT_EQ(::listen(silent.fd.get(), 5), 0);
  const Endpoint endpoint{.host = "127.0.0.1",
                          .port = silent.port,
                          .user = "root",
                          .password = {},
                          .timeout = base::Milliseconds(1000)};
  const base::TimePoint start = base::SystemClock().now();
  const base::Error error = failure_of([&] { static_cast<void>(Database::connect(endpoint)); });
  EXPECT_LT(base::SystemClock().now() - start, base::Seconds(10));
  EXPECT_TRUE(mentions(error.hint(), "oms_meta_port")) << error.hint();
}

TEST(Database, TellsALostConnectionFromAWrongStatement) {
  MariadbServer server;
  Database database = Database::connect(server.tcp());
  server.stop();
  try {
    database.execute("SELECT 1");
    FAIL() << "the server is gone";
  } catch (const DatabaseError& error) {
    EXPECT_TRUE(error.lost());
    EXPECT_TRUE(mentions(error.hint(), "the MetaDB")) << error.hint();
  }
}

TEST(QuoteText, MeansTheSameBytesUnderEverySqlMode) {
  Database database = connect();
  const std::string text("a'b\"c\\d`e\n\0\xF0\x9F\x98\x80%_", 17);
  for (const std::string mode : {"", "NO_BACKSLASH_ESCAPES", "ANSI_QUOTES", "ORACLE"}) {
    database.execute("SET SESSION sql_mode = '" + mode + "'");
    EXPECT_EQ(database.value("SELECT " + quote_text(text)), text) << mode;
    EXPECT_EQ(database.value("SELECT HEX(" + quote_text("\xFF\xFE'") + ")"), "FFFE27") << mode;
    EXPECT_EQ(database.value("SELECT " + quote_text("'it''s'")), "'it''s'") << mode;
  }
}

TEST(QuoteName, HoldsAgainstHostileNames) {
  Database database = connect();
  const std::string name = "a`; DROP TABLE x; -- '\"\n\xE4\xB8\xAD";
  const Rows rows = database.query("SELECT 1 AS " + quote_name(name));
  EXPECT_EQ(rows.columns.at(0), name);
}

TEST(Transaction, RollsBackUnlessCommitted) {
  Database database = connect();
  database.execute("CREATE OR REPLACE TABLE mysql.omsctl_transaction (a INT) ENGINE=InnoDB");
  {
    const Transaction transaction(database, "READ COMMITTED");
    database.execute("INSERT INTO mysql.omsctl_transaction VALUES (1)");
  }
  EXPECT_EQ(database.value("SELECT COUNT(*) FROM mysql.omsctl_transaction"), "0");
  {
    Transaction transaction(database, "READ COMMITTED");
    database.execute("INSERT INTO mysql.omsctl_transaction VALUES (1)");
    transaction.commit();
  }
  EXPECT_EQ(database.value("SELECT COUNT(*) FROM mysql.omsctl_transaction"), "1");
}

}  // namespace
}  // namespace omsctl::metadb
