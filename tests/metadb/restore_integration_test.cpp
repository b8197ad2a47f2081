#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "omsctl/metadb/change/delete.hpp"
#include "omsctl/metadb/change/restore.hpp"
#include "omsctl/metadb/copy/manifest.hpp"
#include "omsctl/metadb/database.hpp"

#include "metadb/fixture.hpp"
#include "support/mariadb_server.hpp"

namespace omsctl::metadb {
namespace {

using testing::HasSubstr;

class Restore : public MetadbTest {
 protected:
  void restore() { restore_rows(database_, directory(), {}); }
};

TEST_F(Restore, PutsTheScopesBackAsTheyWere) {
  sql(
      {"CREATE TABLE resource_group (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(64)) "
       "ENGINE=InnoDB",
       "CREATE TABLE host (ip VARCHAR(64) PRIMARY KEY, group_id INT, FOREIGN KEY (group_id) "
       "REFERENCES resource_group (id)) ENGINE=InnoDB",
       "INSERT INTO resource_group VALUES (0, 'zero'), (7, '0'), (9, 'other')",
       "INSERT INTO host VALUES ('10.0.0.1', 7), ('10.0.0.2', 9), ('10.0.0.3', 0)"});
  const auto groups = rows_of("lab", "resource_group").rows;
  const auto hosts = rows_of("lab", "host").rows;
  const std::string of_region =
      "`group_id` IN (SELECT `id` FROM `lab`.`resource_group` WHERE `name` = '0')";
  const Manifest manifest =
      snapshot({{"lab", "host", of_region}, {"lab", "resource_group", "`name` = '0'"}});
  delete_rows(database_, manifest, {});
  sql({"INSERT INTO resource_group VALUES (20, '0')", "INSERT INTO host VALUES ('10.0.0.1', 20)"});
  restore();
  EXPECT_EQ(rows_of("lab", "resource_group").rows, groups);
  EXPECT_EQ(rows_of("lab", "host").rows, hosts);
}

TEST_F(Restore, MayBeDoneTwice) {
  sql({"CREATE TABLE t (id INT PRIMARY KEY, v TEXT) ENGINE=InnoDB",
       "INSERT INTO t VALUES (1, NULL), (2, '')"});
  const auto rows = rows_of("lab", "t").rows;
  snapshot({{"lab", "t"}});
  restore();
  restore();
  EXPECT_EQ(rows_of("lab", "t").rows, rows);
}

TEST_F(Restore, InsertsAChildWhoseParentComesLaterInTheFile) {
  sql(
      {"CREATE TABLE node (id INT PRIMARY KEY, parent INT, FOREIGN KEY (parent) REFERENCES node "
       "(id)) "
       "ENGINE=InnoDB",
       "INSERT INTO node VALUES (9, NULL)",
       "INSERT INTO node VALUES (5, 9)",
       "INSERT INTO node VALUES (1, 5), (2, 5)"});
  const auto rows = rows_of("lab", "node").rows;
  const Manifest manifest = snapshot({{"lab", "node"}});
  delete_rows(database_, manifest, {});
  restore();
  EXPECT_EQ(rows_of("lab", "node").rows, rows);
}

TEST_F(Restore, SetsRightWhatATriggerChanged) {
  sql({"CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(20)) ENGINE=InnoDB",
       "INSERT INTO t VALUES (1, 'one'), (2, 'two')",
       "CREATE TRIGGER shout BEFORE INSERT ON t FOR EACH ROW SET NEW.v = CONCAT(NEW.v, '!')"});
  const auto rows = rows_of("lab", "t").rows;
  const Manifest manifest = snapshot({{"lab", "t"}});
  delete_rows(database_, manifest, {});
  restore();
  EXPECT_EQ(rows_of("lab", "t").rows, rows);
}

TEST_F(Restore, RemovesRowsThatATriggerAdded) {
  sql({"CREATE TABLE a (id INT PRIMARY KEY) ENGINE=InnoDB",
       "CREATE TABLE b (id INT PRIMARY KEY) ENGINE=InnoDB",
       "INSERT INTO a VALUES (1)",
       "CREATE TRIGGER follow AFTER INSERT ON a FOR EACH ROW INSERT INTO b VALUES (NEW.id)"});
  const Manifest manifest = snapshot({{"lab", "a"}, {"lab", "b"}});
  delete_rows(database_, manifest, {});
  restore();
  EXPECT_EQ(count("a"), "1");
  EXPECT_EQ(count("b"), "0");
}

TEST_F(Restore, ChangesNothingWhenATriggerInsists) {
  sql({"CREATE TABLE t (id INT PRIMARY KEY, v INT) ENGINE=InnoDB",
       "INSERT INTO t VALUES (1, 1)",
       "CREATE TRIGGER i BEFORE INSERT ON t FOR EACH ROW SET NEW.v = NEW.v + 1",
       "CREATE TRIGGER u BEFORE UPDATE ON t FOR EACH ROW SET NEW.v = NEW.v + 1"});
  snapshot({{"lab", "t"}});
  sql({"INSERT INTO t VALUES (2, 2)", "DELETE FROM t WHERE id = 1"});
  const auto rows = rows_of("lab", "t").rows;
  const base::Error error = failure_of([&] { restore(); });
  EXPECT_EQ(error.code(), base::Code::stopped);
  EXPECT_THAT(error.hint(), HasSubstr("trigger"));
  EXPECT_EQ(rows_of("lab", "t").rows, rows);
}

TEST_F(Restore, ChangesNothingWhenASavedIdIsTakenOutsideTheScope) {
  sql({"CREATE TABLE t (id INT PRIMARY KEY, region INT) ENGINE=InnoDB",
       "INSERT INTO t VALUES (1, 1), (2, 1)"});
  const Manifest manifest = snapshot({{"lab", "t", "`region` = 1"}});
  delete_rows(database_, manifest, {});
  sql({"INSERT INTO t VALUES (2, 2), (3, 1)"});
  EXPECT_EQ(failure_of([&] { restore(); }).code(), base::Code::database);
  EXPECT_EQ(count("t"), "2");
}

TEST_F(Restore, ChangesNothingWhenTheGuardThrows) {
  sql({"CREATE TABLE t (id INT PRIMARY KEY) ENGINE=InnoDB", "INSERT INTO t VALUES (1)"});
  snapshot({{"lab", "t"}});
  sql({"INSERT INTO t VALUES (2)"});
  EXPECT_THROW(restore_rows(database_,
                            directory(),
                            [](Database&) { throw base::Error(base::Code::locked, "not ours"); }),
               base::Error);
  EXPECT_EQ(count("t"), "2");
}

TEST_F(Restore, StopsWhenAColumnMeansSomethingElseNow) {
  sql({"CREATE TABLE t (id INT PRIMARY KEY, e ENUM('a','b')) ENGINE=InnoDB",
       "INSERT INTO t VALUES (1, 'a')"});
  snapshot({{"lab", "t"}});
  sql({"ALTER TABLE t MODIFY e ENUM('b','a')"});
  const base::Error error = failure_of([&] { restore(); });
  EXPECT_EQ(error.code(), base::Code::stopped);
  EXPECT_THAT(error.what(), HasSubstr("`e`"));
}

TEST_F(Restore, GivesAColumnThatCameLaterItsDefault) {
  sql({"CREATE TABLE t (id INT PRIMARY KEY) ENGINE=InnoDB", "INSERT INTO t VALUES (1)"});
  snapshot({{"lab", "t"}});
  sql({"ALTER TABLE t ADD later INT DEFAULT 5"});
  restore();
  EXPECT_EQ(database_.value("SELECT later FROM t"), "5");
}

TEST_F(Restore, RaisesAutoIncrementButNeverLowersIt) {
  sql(
      {"CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY) ENGINE=InnoDB AUTO_INCREMENT=50 "
       "COMMENT='AUTO_INCREMENT=9'",
       "INSERT INTO t VALUES (1)"});
  snapshot({{"lab", "t"}});
  sql({"ALTER TABLE t AUTO_INCREMENT = 2"});
  restore();
  sql({"INSERT INTO t VALUES ()"});
  EXPECT_EQ(database_.value("SELECT MAX(id) FROM t"), "50");
  sql({"ALTER TABLE t AUTO_INCREMENT = 70"});
  restore();
  sql({"INSERT INTO t VALUES ()"});
  EXPECT_EQ(database_.value("SELECT MAX(id) FROM t"), "70");
}

TEST_F(Restore, SaysThatTheRowsAreBackWhenAutoIncrementAloneCannotBeRaised) {
  sql({"CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY) ENGINE=InnoDB AUTO_INCREMENT=50",
       "INSERT INTO t VALUES (1)"});
  snapshot({{"lab", "t"}});
  sql({"DELETE FROM t",
       "ALTER TABLE t AUTO_INCREMENT = 2",
       "CREATE USER half@'%' IDENTIFIED BY 'Half1234'",
       "GRANT SELECT, INSERT, UPDATE, DELETE ON lab.* TO half@'%'"});
  Endpoint endpoint = support::MariadbServer::shared().tcp();
  endpoint.user = "half";
  endpoint.password = base::Secret("Half1234");
  Database other = Database::connect(endpoint);
  const base::Error error = failure_of([&] { restore_rows(other, directory(), {}); });
  sql({"DROP USER half@'%'"});
  EXPECT_EQ(error.code(), base::Code::stopped);
  EXPECT_THAT(error.what(), HasSubstr("the rows are restored and committed"));
  EXPECT_THAT(error.hint(), HasSubstr("ALTER TABLE `lab`.`t` AUTO_INCREMENT = 50"));
  EXPECT_EQ(database_.value("SELECT id FROM t"), "1");
}

TEST_F(Restore, RefusesADamagedSnapshotBeforeItTouchesARow) {
  sql({"CREATE TABLE t (id INT PRIMARY KEY) ENGINE=InnoDB", "INSERT INTO t VALUES (1)"});
  const Manifest manifest = snapshot({{"lab", "t"}});
  sql({"INSERT INTO t VALUES (2)"});
  base::write_file(directory() / manifest.tables[0].rows_file, "");
  EXPECT_EQ(failure_of([&] { restore(); }).code(), base::Code::storage);
  EXPECT_EQ(count("t"), "2");
}

}  // namespace
}  // namespace omsctl::metadb
