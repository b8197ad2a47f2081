#include <sys/stat.h>

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "omsctl/base/files.hpp"
#include "omsctl/metadb/change/delete.hpp"
#include "omsctl/metadb/change/restore.hpp"
#include "omsctl/metadb/copy/manifest.hpp"
#include "omsctl/metadb/copy/row_stream.hpp"
#include "omsctl/metadb/copy/snapshot.hpp"
#include "omsctl/metadb/database.hpp"
#include "omsctl/metadb/quote.hpp"
#include "omsctl/metadb/row_set.hpp"

#include "metadb/fixture.hpp"
#include "support/mariadb_server.hpp"

namespace omsctl::metadb {
namespace {

using testing::HasSubstr;

class Snapshot : public MetadbTest {};

TEST_F(Snapshot, CountsTheRowsAndPutsParentsFirst) {
  sql(region_tables());
  const Manifest manifest = snapshot({{"lab", "host"}, {"lab", "resource_group"}});
  ASSERT_EQ(manifest.tables.size(), 2U);
  EXPECT_EQ(manifest.tables[0].rows.table, "resource_group");
  EXPECT_EQ(manifest.tables[0].schema_file, "01-resource_group.schema.sql");
  EXPECT_EQ(manifest.tables[1].rows_file, "02-host.rows.sql");
  EXPECT_EQ(manifest.tables[1].digest.count, 3U);
  EXPECT_THAT(manifest.server_version, HasSubstr("MariaDB"));
  EXPECT_EQ(manifest.time_zone, "+08:00");
}

TEST_F(Snapshot, IsReadBackAsTheManifestThatWasReturned) {
  sql(region_tables());
  const Manifest manifest = snapshot({{"lab", "host"}, {"lab", "resource_group"}});
  const Manifest read = verify_snapshot(directory());
  ASSERT_EQ(read.tables.size(), 2U);
  EXPECT_EQ(read.tables[0].digest, manifest.tables[0].digest);
  EXPECT_EQ(read.files, manifest.files);
  EXPECT_EQ(read.taken, manifest.taken);
}

TEST_F(Snapshot, IsForTheOwnerAlone) {
  sql(region_tables());
  const Manifest manifest = snapshot({{"lab", "resource_group"}});
  struct stat about {};
  ASSERT_EQ(::stat(directory().c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777U, 0700U);
  for (const std::string& name : {manifest.tables[0].rows_file,
                                  manifest.tables[0].schema_file,
                                  std::string("manifest.json")}) {
    ASSERT_EQ(::stat((directory() / name).c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777U, 0600U) << name;
  }
}

TEST_F(Snapshot, SavesOnlyTheRowsInScope) {
  sql(region_tables());
  const Manifest manifest = snapshot({{"lab", "host", "`resource_group_id` = 1"}});
  EXPECT_EQ(manifest.tables[0].digest.count, 2U);
  EXPECT_THAT(base::read_file(directory() / "01-host.rows.sql"),
              testing::Not(HasSubstr("31302E302E302E33")));
}

TEST_F(Snapshot, IsLoadedByTheStockClient) {
  sql(region_tables());
  load_copy(snapshot({{"lab", "host"}, {"lab", "resource_group"}}));
  EXPECT_EQ(rows_of("copy", "host").rows, rows_of("lab", "host").rows);
  EXPECT_EQ(rows_of("copy", "resource_group").rows, rows_of("lab", "resource_group").rows);
}

TEST_F(Snapshot, NeverOverwritesAFinishedOne) {
  sql(region_tables());
  snapshot({{"lab", "host"}});
  const base::Error error = failure_of([&] { snapshot({{"lab", "host"}}); });
  EXPECT_EQ(error.code(), base::Code::storage);
  EXPECT_THAT(error.what(), HasSubstr("never overwritten"));
}

TEST_F(Snapshot, NamesTheTableThatIsMissing) {
  const base::Error error = failure_of([&] { snapshot({{"lab", "absent"}}); });
  EXPECT_EQ(error.code(), base::Code::database);
  EXPECT_THAT(error.what(), HasSubstr("`lab`.`absent`"));
}

TEST_F(Snapshot, RefusesAView) {
  sql({"CREATE VIEW v AS SELECT 1 AS a"});
  const base::Error error = failure_of([&] { snapshot({{"lab", "v"}}); });
  EXPECT_THAT(error.what(), HasSubstr("VIEW"));
}

TEST_F(Snapshot, DigestDoesNotDependOnTheOrderButOnHowOftenARowIsThere) {
  sql({"CREATE TABLE a (x INT) ENGINE=InnoDB",
       "CREATE TABLE b LIKE a",
       "CREATE TABLE c LIKE a",
       "INSERT INTO a VALUES (1), (2), (2)",
       "INSERT INTO b VALUES (2), (1), (2)",
       "INSERT INTO c VALUES (1), (1), (2)"});
  const RowDigest digest = digest_rows(database_, {"lab", "a"});
  EXPECT_EQ(digest_rows(database_, {"lab", "b"}), digest);
  EXPECT_NE(digest_rows(database_, {"lab", "c"}).sha256, digest.sha256);
}

TEST_F(Snapshot, SeesNothingThatOthersCommitMeanwhile) {
  sql(region_tables());
  Database other = Database::connect(support::MariadbServer::shared().tcp());
  bool written = false;
  const Manifest manifest =
      take_snapshot(database_,
                    {{"lab", "resource_group"}, {"lab", "host"}},
                    directory(),
                    [&](std::string_view, std::uint64_t, std::uint64_t) {
                      if (!written)
                        other.execute("INSERT INTO lab.host VALUES ('10.0.0.4', NULL)");
                      written = true;
                    });
  EXPECT_TRUE(written);
  EXPECT_EQ(manifest.tables[1].digest.count, 3U);
}

TEST_F(Snapshot, CutsStatementsBelowOneMebibyte) {
  sql({"CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, v VARBINARY(30000)) ENGINE=InnoDB",
       "INSERT INTO t (v) SELECT REPEAT('x', 30000) FROM seq_1_to_100"});
  const Manifest manifest = snapshot({{"lab", "t"}});
  const std::string text = base::read_file(directory() / manifest.tables[0].rows_file);
  std::size_t largest = 0;
  for (std::size_t at = text.find("INSERT INTO"); at != std::string::npos;) {
    const std::size_t next = text.find("INSERT INTO", at + 1);
    largest = std::max(largest, std::min(next, text.size()) - at);
    at = next;
  }
  EXPECT_GT(largest, 900'000U);
  EXPECT_LT(largest, 1U << 20U);
  load_copy(manifest);
  EXPECT_EQ(digest_rows(database_, {"copy", "t"}), manifest.tables[0].digest);
}

TEST_F(Snapshot, LeavesTheServersOwnPeriodColumnsToIt) {
  sql(
      {"CREATE TABLE t (id INT PRIMARY KEY, r TIMESTAMP(6) GENERATED ALWAYS AS ROW START, e "
       "TIMESTAMP(6) GENERATED ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME (r, e)) ENGINE=InnoDB "
       "WITH SYSTEM VERSIONING",
       "INSERT INTO t (id) VALUES (1), (2)"});
  const Manifest manifest = snapshot({{"lab", "t"}});
  delete_rows(database_, manifest, {});
  restore_rows(database_, directory(), {});
  EXPECT_EQ(count("t"), "2");
}

TEST_F(Snapshot, ReportsAPredicateThatIsNoSql) {
  sql(region_tables());
  const base::Error error = failure_of([&] { snapshot({{"lab", "host", "`absent` = 1"}}); });
  EXPECT_EQ(error.code(), base::Code::database);
  EXPECT_THAT(error.what(), HasSubstr("absent"));
}

TEST_F(Snapshot, KeepsThePredicateTogether) {
  sql(region_tables());
  const Manifest manifest = snapshot({{"lab", "host", "`ip` = '10.0.0.1' OR `ip` = '10.0.0.3'"}});
  delete_rows(database_, manifest, {});
  EXPECT_EQ(rows_of("lab", "host").rows, (std::vector<Row>{{"10.0.0.2", "1"}}));
}

TEST_F(Snapshot, KeepsTriggersAndLoadsTheRowsAsTheyWere) {
  sql({"CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(20)) ENGINE=InnoDB",
       "INSERT INTO t VALUES (1, 'one')",
       "CREATE TRIGGER lab.shout BEFORE INSERT ON lab.t FOR EACH ROW BEGIN SET NEW.v = "
       "CONCAT(NEW.v, '$$ omsctl_1_$$;\n\xF0\x9F\x98\x80'); END"});
  load_copy(snapshot({{"lab", "t"}}));
  EXPECT_EQ(rows_of("copy", "t").rows, rows_of("lab", "t").rows);
  sql({"INSERT INTO copy.t VALUES (2, 'two')"});
  EXPECT_EQ(database_.value("SELECT v FROM copy.t WHERE id = 2"),
            "two$$ omsctl_1_$$;\n\xF0\x9F\x98\x80");
}

TEST_F(Snapshot, TakesNamesOfAnyCharacters) {
  const std::string table = "a`b'c\"d\n/../\xE4\xB8\xAD;--";
  const std::string column = "x`'\"\n),(;\xE4\xB8\xAD";
  sql({"CREATE TABLE " + quote_name(table) + " (" + quote_name(column) + " INT) ENGINE=InnoDB",
       "INSERT INTO " + quote_name(table) + " VALUES (1), (2)"});
  const Manifest manifest = snapshot({{"lab", table}});
  EXPECT_EQ(manifest.tables[0].rows_file, "01-a_b_c_d_________--.rows.sql");
  load_copy(manifest);
  EXPECT_EQ(rows_of("copy", table).rows, rows_of("lab", table).rows);
  delete_rows(database_, manifest, {});
  EXPECT_EQ(count(table), "0");
}

}  // namespace
}  // namespace omsctl::metadb
