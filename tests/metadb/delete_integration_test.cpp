#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "omsctl/metadb/change/delete.hpp"
#include "omsctl/metadb/copy/manifest.hpp"
#include "omsctl/metadb/database.hpp"

#include "metadb/fixture.hpp"
#include "support/mariadb_server.hpp"

namespace omsctl::metadb {
namespace {

using testing::HasSubstr;

class DeleteRows : public MetadbTest {};

/// One row follows a host by CASCADE when that is deleted, one refers to none.
std::vector<std::string> tasks_that_follow_hosts() {
  return {
      "CREATE TABLE task (id INT PRIMARY KEY, ip VARCHAR(64), FOREIGN KEY (ip) REFERENCES host "
      "(ip) ON DELETE CASCADE) ENGINE=InnoDB",
      "INSERT INTO task VALUES (1, '10.0.0.1'), (2, NULL)"};
}

TEST_F(DeleteRows, DeletesExactlyWhatWasSaved) {
  sql(region_tables());
  const Manifest manifest = snapshot(
      {{"lab", "host", "`resource_group_id` = 1"}, {"lab", "resource_group", "`name` = '0'"}});
  delete_rows(database_, manifest, {});
  EXPECT_EQ(count("host"), "1");
  EXPECT_EQ(count("resource_group"), "1");
}

TEST_F(DeleteRows, DeletesNothingWhenARowHasChanged) {
  sql(region_tables());
  const Manifest manifest = snapshot({{"lab", "host"}, {"lab", "resource_group"}});
  sql({"UPDATE host SET ip = '10.0.0.9' WHERE ip = '10.0.0.3'"});
  const base::Error error = failure_of([&] { delete_rows(database_, manifest, {}); });
  EXPECT_EQ(error.code(), base::Code::stopped);
  EXPECT_THAT(error.what(), HasSubstr("`lab`.`host`"));
  EXPECT_EQ(count("host"), "3");
  EXPECT_EQ(count("resource_group"), "2");
}

TEST_F(DeleteRows, DeletesNothingWhenARowWasAddedToTheScope) {
  sql(region_tables());
  const Manifest manifest = snapshot({{"lab", "host"}});
  sql({"INSERT INTO host VALUES ('10.0.0.4', NULL)"});
  EXPECT_EQ(failure_of([&] { delete_rows(database_, manifest, {}); }).code(), base::Code::stopped);
  EXPECT_EQ(count("host"), "4");
}

TEST_F(DeleteRows, IsRehearsedWithoutEffect) {
  sql(region_tables());
  const Manifest manifest = snapshot({{"lab", "host"}, {"lab", "resource_group"}});
  sql({"UPDATE host SET ip = '10.0.0.9' WHERE ip = '10.0.0.3'"});  // OMS goes on writing
  rehearse_delete(database_, manifest);
  EXPECT_EQ(count("host"), "3");
  EXPECT_EQ(count("resource_group"), "2");
}

TEST_F(DeleteRows, IsRefusedByATriggerInTheRehearsalAlready) {
  sql(region_tables());
  sql(
      {"CREATE TRIGGER no BEFORE DELETE ON host FOR EACH ROW SIGNAL SQLSTATE '45000' SET "
       "MESSAGE_TEXT = 'kept for the auditors'"});
  const Manifest manifest = snapshot({{"lab", "host"}});
  EXPECT_THAT(failure_of([&] { rehearse_delete(database_, manifest); }).what(),
              HasSubstr("kept for the auditors"));
  EXPECT_EQ(count("host"), "3");
}

TEST_F(DeleteRows, DeletesNothingWhenATriggerPutsRowsBack) {
  sql(region_tables());
  sql(
      {"CREATE TRIGGER ghost AFTER DELETE ON resource_group FOR EACH ROW INSERT INTO host VALUES "
       "(OLD.name, NULL)"});
  const Manifest manifest = snapshot({{"lab", "resource_group"}, {"lab", "host"}});
  EXPECT_EQ(failure_of([&] { rehearse_delete(database_, manifest); }).code(), base::Code::stopped);
  const base::Error error = failure_of([&] { delete_rows(database_, manifest, {}); });
  EXPECT_THAT(error.what(), HasSubstr("there again"));
  EXPECT_EQ(count("host"), "3");
}

TEST_F(DeleteRows, SeesWhatOthersCommittedAfterItBegan) {
  sql(region_tables());
  const Manifest manifest = snapshot({{"lab", "host"}});
  Database other = Database::connect(support::MariadbServer::shared().tcp());
  const base::Error error = failure_of([&] {
    delete_rows(database_, manifest, [&other](Database&) {
      other.execute("INSERT INTO lab.host VALUES ('10.0.0.4', NULL)");
    });
  });
  EXPECT_EQ(error.code(), base::Code::stopped);
  EXPECT_EQ(count("host"), "4");
}

TEST_F(DeleteRows, RollsBackWhatTheGuardWroteWhenRowsHaveChanged) {
  sql(region_tables());
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
  sql(region_tables());
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
  sql(region_tables());
  sql(tasks_that_follow_hosts());
  const Manifest manifest = snapshot({{"lab", "host"}});
  const base::Error error = failure_of([&] { delete_rows(database_, manifest, {}); });
  EXPECT_EQ(error.code(), base::Code::stopped);
  EXPECT_THAT(error.what(), HasSubstr("`lab`.`task`"));
  EXPECT_EQ(count("task"), "2");
  EXPECT_EQ(count("host"), "3");
}

TEST_F(DeleteRows, DeletesCascadingChildrenThatAreInTheSnapshot) {
  sql(region_tables());
  sql(tasks_that_follow_hosts());
  const Manifest manifest =
      snapshot({{"lab", "host"}, {"lab", "task", "`ip` IN (SELECT `ip` FROM `lab`.`host`)"}});
  delete_rows(database_, manifest, {});
  EXPECT_EQ(count("host"), "0");
  EXPECT_EQ(count("task"), "1");
}

TEST_F(DeleteRows, LeavesAllWhenARestrictingRowElsewhereRefuses) {
  sql(region_tables());
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
