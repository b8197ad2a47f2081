#include <sys/stat.h>

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "omsctl/base/files.hpp"

#include "metadb/fixture.hpp"

namespace omsctl::metadb {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Snapshot : public MetadbTest {};
class DeleteRows : public MetadbTest {};

const std::vector<std::string> region_tables{
    "CREATE TABLE resource_group (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(64)) "
    "ENGINE=InnoDB",
    "CREATE TABLE host (ip VARCHAR(64) PRIMARY KEY, resource_group_id INT, FOREIGN KEY "
    "(resource_group_id) REFERENCES resource_group (id)) ENGINE=InnoDB",
    "INSERT INTO resource_group VALUES (1, '0'), (2, '1')",
    "INSERT INTO host VALUES ('10.0.0.1', 1), ('10.0.0.2', 1), ('10.0.0.3', 2)"};

TEST_F(Snapshot, CountsTheRowsAndPutsParentsFirst) {
  sql(region_tables);
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
  sql(region_tables);
  const Manifest manifest = snapshot({{"lab", "host"}, {"lab", "resource_group"}});
  const Manifest read = verify_snapshot(directory());
  ASSERT_EQ(read.tables.size(), 2U);
  EXPECT_EQ(read.tables[0].digest, manifest.tables[0].digest);
  EXPECT_EQ(read.tables[1].rows_sha256, manifest.tables[1].rows_sha256);
  EXPECT_EQ(read.taken, manifest.taken);
}

TEST_F(Snapshot, IsForTheOwnerAlone) {
  sql(region_tables);
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
  sql(region_tables);
  const Manifest manifest = snapshot({{"lab", "host", "`resource_group_id` = 1"}});
  EXPECT_EQ(manifest.tables[0].digest.count, 2U);
  EXPECT_THAT(base::read_file(directory() / "01-host.rows.sql"),
              testing::Not(HasSubstr("31302E302E302E33")));
}

TEST_F(Snapshot, IsLoadedByTheStockClient) {
  sql(region_tables);
  load_copy(snapshot({{"lab", "host"}, {"lab", "resource_group"}}));
  EXPECT_EQ(rows_of("copy", "host").rows, rows_of("lab", "host").rows);
  EXPECT_EQ(rows_of("copy", "resource_group").rows, rows_of("lab", "resource_group").rows);
}

TEST_F(Snapshot, NeverOverwritesAFinishedOne) {
  sql(region_tables);
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

TEST_F(DeleteRows, DeletesExactlyWhatWasSaved) {
  sql(region_tables);
  const Manifest manifest = snapshot(
      {{"lab", "host", "`resource_group_id` = 1"}, {"lab", "resource_group", "`name` = '0'"}});
  delete_rows(database_, manifest, {});
  EXPECT_EQ(count("host"), "1");
  EXPECT_EQ(count("resource_group"), "1");
}

TEST_F(DeleteRows, DeletesNothingWhenARowHasChanged) {
  sql(region_tables);
  const Manifest manifest = snapshot({{"lab", "host"}, {"lab", "resource_group"}});
  sql({"UPDATE host SET ip = '10.0.0.9' WHERE ip = '10.0.0.3'"});
  const base::Error error = failure_of([&] { delete_rows(database_, manifest, {}); });
  EXPECT_EQ(error.code(), base::Code::stopped);
  EXPECT_THAT(error.what(), HasSubstr("`lab`.`host`"));
  EXPECT_EQ(count("host"), "3");
  EXPECT_EQ(count("resource_group"), "2");
}

TEST_F(DeleteRows, DeletesNothingWhenARowWasAddedToTheScope) {
  sql(region_tables);
  const Manifest manifest = snapshot({{"lab", "host"}});
  sql({"INSERT INTO host VALUES ('10.0.0.4', NULL)"});
  EXPECT_EQ(failure_of([&] { delete_rows(database_, manifest, {}); }).code(), base::Code::stopped);
  EXPECT_EQ(count("host"), "4");
}

TEST_F(DeleteRows, RollsBackWhatTheGuardWroteWhenRowsHaveChanged) {
  sql(region_tables);
  sql({"CREATE TABLE lease (fence INT) ENGINE=InnoDB", "INSERT INTO lease VALUES (1)"});
  const Manifest manifest = snapshot({{"lab", "host"}});
  sql({"DELETE FROM host WHERE ip = '10.0.0.3'"});
  static_cast<void>(failure_of([&] {
    delete_rows(database_, manifest, [](Database& inside) {
      inside.execute("UPDATE lab.lease SET fence = 2");
    });
  }));
  EXPECT_EQ(database_.value("SELECT fence FROM lab.lease"), "1");
}

TEST_F(DeleteRows, StopsWhenTheGuardThrows) {
  sql(region_tables);
  const Manifest manifest = snapshot({{"lab", "host"}});
  EXPECT_THROW(delete_rows(database_,
                           manifest,
                           [](Database&) { throw base::Error(base::Code::locked, "not ours"); }),
               base::Error);
  EXPECT_EQ(count("host"), "3");
}

TEST_F(DeleteRows, RefusesATableWithoutTransactions) {
  sql({"CREATE TABLE a (x INT) ENGINE=InnoDB",
       "CREATE TABLE m (x INT) ENGINE=MyISAM",
       "INSERT INTO a VALUES (1)",
       "INSERT INTO m VALUES (1)"});
  const Manifest manifest = snapshot({{"lab", "a"}, {"lab", "m"}});
  bool asked = false;
  const base::Error error =
      failure_of([&] { delete_rows(database_, manifest, [&](Database&) { asked = true; }); });
  EXPECT_EQ(error.code(), base::Code::refused);
  EXPECT_THAT(error.what(), HasSubstr("MyISAM"));
  EXPECT_FALSE(asked);
  EXPECT_EQ(count("a"), "1");
}

TEST_F(DeleteRows, KeepsOneOfTwoEqualRowsFromHidingBehindTheOther) {
  sql({"CREATE TABLE t (x INT) ENGINE=InnoDB", "INSERT INTO t VALUES (1), (1), (2)"});
  const Manifest manifest = snapshot({{"lab", "t"}});
  sql({"DELETE FROM t LIMIT 1", "INSERT INTO t VALUES (2)"});
  EXPECT_EQ(failure_of([&] { delete_rows(database_, manifest, {}); }).code(), base::Code::stopped);
  sql({"DELETE FROM t", "INSERT INTO t VALUES (1), (2), (1)"});
  delete_rows(database_, manifest, {});
  EXPECT_EQ(count("t"), "0");
}

TEST_F(DeleteRows, StopsWhenRowsElsewhereWouldFollowByCascade) {
  sql(region_tables);
  sql(
      {"CREATE TABLE task (id INT PRIMARY KEY, ip VARCHAR(64), FOREIGN KEY (ip) REFERENCES host "
       "(ip) "
       "ON DELETE CASCADE) ENGINE=InnoDB",
       "INSERT INTO task VALUES (1, '10.0.0.1'), (2, NULL)"});
  const Manifest manifest = snapshot({{"lab", "host"}});
  const base::Error error = failure_of([&] { delete_rows(database_, manifest, {}); });
  EXPECT_EQ(error.code(), base::Code::stopped);
  EXPECT_THAT(error.what(), HasSubstr("`lab`.`task`"));
  EXPECT_EQ(count("task"), "2");
  EXPECT_EQ(count("host"), "3");
}

TEST_F(DeleteRows, DeletesCascadingChildrenThatAreInTheSnapshot) {
  sql(region_tables);
  sql(
      {"CREATE TABLE task (id INT PRIMARY KEY, ip VARCHAR(64), FOREIGN KEY (ip) REFERENCES host "
       "(ip) "
       "ON DELETE CASCADE) ENGINE=InnoDB",
       "INSERT INTO task VALUES (1, '10.0.0.1'), (2, NULL)"});
  const Manifest manifest =
      snapshot({{"lab", "host"}, {"lab", "task", "`ip` IN (SELECT `ip` FROM `lab`.`host`)"}});
  delete_rows(database_, manifest, {});
  EXPECT_EQ(count("host"), "0");
  EXPECT_EQ(count("task"), "1");
}

TEST_F(DeleteRows, LeavesAllWhenARestrictingRowElsewhereRefuses) {
  sql(region_tables);
  const Manifest manifest = snapshot({{"lab", "resource_group"}});
  EXPECT_EQ(failure_of([&] { delete_rows(database_, manifest, {}); }).code(), base::Code::database);
  EXPECT_EQ(count("resource_group"), "2");
}

class SelfReference : public MetadbTest, public testing::WithParamInterface<std::string> {};

TEST_P(SelfReference, IsDeletedLeavesFirst) {
  sql(
      {"CREATE TABLE node (id INT PRIMARY KEY, parent INT, FOREIGN KEY (parent) REFERENCES node "
       "(id) "
       "ON DELETE " +
           GetParam() + ") ENGINE=InnoDB",
       "INSERT INTO node VALUES (9, NULL)",
       "INSERT INTO node VALUES (5, 9), (8, 9)",
       "INSERT INTO node VALUES (3, 5), (2, 8)",
       "INSERT INTO node VALUES (1, 3)"});
  const Manifest manifest = snapshot({{"lab", "node"}});
  load_copy(manifest);
  EXPECT_EQ(rows_of("copy", "node").rows, rows_of("lab", "node").rows);
  delete_rows(database_, manifest, {});
  EXPECT_EQ(count("node"), "0");
}

INSTANTIATE_TEST_SUITE_P(Rules,
                         SelfReference,
                         testing::Values("CASCADE", "RESTRICT", "SET NULL"),
                         [](const auto& rule) {
                           return rule.param == "SET NULL" ? std::string("SetNull") : rule.param;
                         });

}  // namespace
}  // namespace omsctl::metadb
