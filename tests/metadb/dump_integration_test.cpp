#include <sys/resource.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "omsctl/metadb/copy/dump.hpp"
#include "omsctl/metadb/copy/manifest.hpp"
#include "omsctl/metadb/copy/row_stream.hpp"
#include "omsctl/metadb/copy/snapshot.hpp"
#include "omsctl/metadb/database.hpp"

#include "metadb/fixture.hpp"
#include "support/mariadb_server.hpp"

namespace omsctl::metadb {
namespace {

using support::MariadbServer;
using testing::Contains;
using testing::HasSubstr;

class Dump : public MetadbTest {
 protected:
  Dump() {
    for (const std::string schema : {"oms_rm", "oms_cm", "oms_hb"})
      sql({"DROP DATABASE IF EXISTS " + schema, "CREATE DATABASE " + schema});
  }

  void load(const std::string& file) {
    const auto plain = files_.path() / "plain.sql";
    const std::string command =
        fmt::format("zstd -dcq '{}' > '{}'", (directory() / file).string(), plain.string());
    ASSERT_EQ(std::system(command.c_str()), 0);
    ASSERT_EQ(MariadbServer::shared().load("copy", plain), "");
  }

  void use(const std::string& schema, const std::vector<std::string>& statements) {
    sql({"USE " + schema});
    sql(statements);
  }

  Manifest dump() { return dump_databases(database_, {"oms_rm", "oms_cm", "oms_hb"}, directory()); }
};

constexpr auto child_table =
    "CREATE TABLE a_child (id INT PRIMARY KEY, p INT, FOREIGN KEY (p) REFERENCES z_parent (id)) "
    "ENGINE=InnoDB";

TEST_F(Dump, OfThreeDatabasesLoadsEqual) {
  use("oms_rm",
      {"CREATE TABLE z_parent (id INT AUTO_INCREMENT PRIMARY KEY, v TEXT) ENGINE=InnoDB",
       child_table,
       "INSERT INTO z_parent VALUES (0, 'zero'), (3, NULL)",
       "INSERT INTO a_child VALUES (1, 3)",
       "CREATE TRIGGER up BEFORE INSERT ON z_parent FOR EACH ROW SET NEW.v = UPPER(NEW.v)",
       "CREATE VIEW z_view AS SELECT id FROM z_parent",
       "CREATE VIEW a_view AS SELECT id FROM z_view"});
  use("oms_cm", {"CREATE TABLE t (x INT) ENGINE=MyISAM", "INSERT INTO t VALUES (1), (1)"});
  use("oms_hb", {"CREATE TABLE empty (x INT) ENGINE=InnoDB"});
  const Manifest manifest = dump();
  ASSERT_EQ(manifest.tables.size(), 4U);
  EXPECT_EQ(manifest.tables[0].rows_file, "oms_rm.sql.zst");
  EXPECT_EQ(verify_snapshot(directory()).tables.size(), 4U);
  for (const std::string schema : {"oms_rm", "oms_cm", "oms_hb"})
    load(schema + ".sql.zst");
  for (const SavedRows& saved : manifest.tables) {
    EXPECT_EQ(digest_rows(database_, {"copy", saved.rows.table}), saved.digest) << saved.rows.table;
    EXPECT_EQ(rows_of("copy", saved.rows.table).rows,
              rows_of(saved.rows.database, saved.rows.table).rows);
  }
  EXPECT_EQ(database_.value("SELECT COUNT(*) FROM copy.a_view"), "2");
  sql({"INSERT INTO copy.z_parent VALUES (9, 'nine')"});
  EXPECT_EQ(database_.value("SELECT v FROM copy.z_parent WHERE id = 9"), "NINE");
}

TEST_F(Dump, HasOnlyTheNewestRowOfTheUnboundedTable) {
  use("oms_hb",
      {"CREATE TABLE heatbeat_sequence (id BIGINT AUTO_INCREMENT PRIMARY KEY, gmt_created "
       "DATETIME)",
       "INSERT INTO heatbeat_sequence VALUES (1, NOW()), (2, NOW()), (3, NOW())"});
  const Manifest manifest = dump();
  EXPECT_EQ(manifest.tables.at(0).digest.count, 1U);
  EXPECT_THAT(manifest.left_out, Contains("rows of oms_hb.heatbeat_sequence but the newest"));
  load("oms_hb.sql.zst");
  EXPECT_EQ(database_.value("SELECT MIN(id) FROM copy.heatbeat_sequence"), "3");
}

TEST_F(Dump, NamesWhatIsNotInIt) {
  use("oms_rm",
      {"CREATE PROCEDURE tidy() SELECT 1",
       "CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY DO SELECT 1",
       "CREATE SEQUENCE numbers"});
  const Manifest manifest = dump();
  EXPECT_THAT(manifest.left_out, Contains("routines of oms_rm: tidy"));
  EXPECT_THAT(manifest.left_out, Contains("events of oms_rm: nightly"));
  EXPECT_THAT(manifest.left_out, Contains("SEQUENCE oms_rm.numbers"));
}

TEST_F(Dump, OfAMissingDatabaseNamesIt) {
  const base::Error error = failure_of(
      [&] { static_cast<void>(dump_databases(database_, {"oms_absent"}, directory())); });
  EXPECT_EQ(error.code(), base::Code::database);
  EXPECT_THAT(error.what(), HasSubstr("`oms_absent`"));
  EXPECT_FALSE(std::filesystem::exists(directory() / "manifest.json"));
}

TEST_F(Dump, ThatWasDamagedIsDetected) {
  use("oms_rm", {"CREATE TABLE t (x TEXT)", "INSERT INTO t VALUES (REPEAT('abc', 1000))"});
  const Manifest manifest = dump();
  const auto file = directory() / manifest.tables.at(0).rows_file;
  const std::string good = base::read_file(file);
  for (std::size_t i = 0; i < good.size(); i += 3) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 4);
    overwrite(file, bad);
    EXPECT_THROW(static_cast<void>(verify_snapshot(directory())), base::Error) << "byte " << i;
    overwrite(file, good.substr(0, i));
    EXPECT_THROW(static_cast<void>(verify_snapshot(directory())), base::Error) << i << " bytes";
  }
}

TEST_F(Dump, DoesNotSeeWhatOthersCommitMeanwhile) {
  use("oms_rm", {"CREATE TABLE a (x INT)", "CREATE TABLE b (x INT)", "INSERT INTO a VALUES (1)"});
  Database other = Database::connect(MariadbServer::shared().tcp());
  bool moved = false;
  const Manifest manifest = dump_databases(
      database_, {"oms_rm"}, directory(), [&](std::string_view, std::uint64_t, std::uint64_t) {
        if (!moved)
          other.execute("INSERT INTO oms_rm.b VALUES (2)");
        moved = true;
      });
  ASSERT_TRUE(moved);
  EXPECT_EQ(manifest.tables.at(1).rows.table, "b");
  EXPECT_EQ(manifest.tables.at(1).digest.count, 0U);
}

/// Peak memory of this process so far, in KiB.
long peak_memory() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
// They keep what was freed, and shadow what is used.
constexpr long allowed_growth = 512L * 1024;
#else
constexpr long allowed_growth = 12L * 1024;
#endif

TEST_F(Dump, TakesNoMoreMemoryForALargeTable) {
  use("oms_rm", {"CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, v VARBINARY(1000))"});
  sql({"INSERT INTO t (v) SELECT RANDOM_BYTES(1000) FROM seq_1_to_20000"});
  const long before = peak_memory();
  std::uint64_t bytes = 0;
  static_cast<void>(dump_databases(
      database_, {"oms_rm"}, directory(), [&](std::string_view, std::uint64_t, std::uint64_t now) {
        bytes = now;
      }));
  EXPECT_GT(bytes, 40'000'000U);
  EXPECT_LT(peak_memory() - before, allowed_growth);
}

}  // namespace
}  // namespace omsctl::metadb
