#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "omsctl/metadb/change/delete.hpp"
#include "omsctl/metadb/change/dependents.hpp"
#include "omsctl/metadb/change/restore.hpp"
#include "omsctl/metadb/copy/manifest.hpp"
#include "omsctl/metadb/copy/snapshot.hpp"
#include "omsctl/metadb/database.hpp"
#include "omsctl/metadb/row_set.hpp"

#include "metadb/fixture.hpp"
#include "support/mariadb_server.hpp"

namespace omsctl::metadb {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// Region 1 is host 1 and 2 in group 1; host 3 in group 2 is another region's.
class DependentRows : public MetadbTest {
 protected:
  DependentRows() {
    sql({"CREATE TABLE resource_group (id INT PRIMARY KEY, name VARCHAR(64)) ENGINE=InnoDB",
         "CREATE TABLE host (id INT PRIMARY KEY, ip VARCHAR(64), resource_group_id INT) "
         "ENGINE=InnoDB",
         "INSERT INTO resource_group VALUES (1, '0'), (2, '1')",
         "INSERT INTO host VALUES (1, '10.0.0.1', 1), (2, '10.0.0.2', 1), (3, '10.0.0.3', 2)"});
  }

  /// A table whose rows refer to the hosts 1, 2, 3 and to none.
  void refer(const std::string& rule, const std::string& key = "id INT PRIMARY KEY") {
    sql({"CREATE TABLE task (" + key +
             ", note VARCHAR(20), host INT, CONSTRAINT of_host FOREIGN KEY (host) REFERENCES host "
             "(id) ON DELETE " +
             rule + ") ENGINE=InnoDB",
         "INSERT INTO task (id, note, host) VALUES (11, 'a', 1), (12, 'b', 2), (13, 'c', 3), (14, "
         "'d', NULL)"});
  }

  Dependents find() { return find_dependents(database_, sets_); }
  /// Snapshot, delete, and the restore of everything.
  void there_and_back() {
    std::vector<RowSet> sets = sets_;
    const Dependents dependents = find();
    sets.insert(sets.end(), dependents.sets.begin(), dependents.sets.end());
    delete_rows(database_, snapshot(sets), {});
    after_delete_();
    restore_rows(database_, directory(), {});
  }

  std::vector<RowSet> sets_{{"lab", "resource_group", "`id` = 1"},
                            {"lab", "host", "`resource_group_id` = 1"}};
  std::function<void()> after_delete_ = [] {};
};

TEST_F(DependentRows, OfOtherRegionsAreNobodysBusiness) {
  refer("RESTRICT");
  sql({"DELETE FROM task WHERE host IN (1, 2)"});
  const Dependents dependents = find();
  EXPECT_THAT(dependents.found, IsEmpty());
  EXPECT_THAT(dependents.sets, IsEmpty());
}

TEST_F(DependentRows, ThatRestrictAreToldWithAnExample) {
  for (const std::string rule : {"RESTRICT", "NO ACTION"}) {
    sql({"DROP TABLE IF EXISTS task"});
    refer(rule);
    const Dependents dependents = find();
    ASSERT_THAT(dependents.found, SizeIs(1));
    EXPECT_EQ(dependents.found[0].table, "lab.task");
    EXPECT_EQ(dependents.found[0].parent, "lab.host");
    EXPECT_EQ(dependents.found[0].constraint, "of_host");
    EXPECT_EQ(dependents.found[0].rows, 2U);
    EXPECT_EQ(dependents.found[0].example, "(`id`) = (11)");
    EXPECT_NE(dependents.found[0].problem, "");
    EXPECT_THAT(dependents.sets, IsEmpty());
  }
}

TEST_F(DependentRows, ThatCascadeAreDeletedAndComeBack) {
  refer("CASCADE");
  const auto before = rows_of("lab", "task").rows;
  after_delete_ = [this] { EXPECT_EQ(count("task"), "2"); };
  there_and_back();
  EXPECT_EQ(rows_of("lab", "task").rows, before);
}

TEST_F(DependentRows, FollowThroughManyTables) {
  refer("CASCADE");
  sql(
      {"CREATE TABLE part (a INT, b VARCHAR(9), task INT, part_of INT, PRIMARY KEY (b, a), KEY "
       "(a), "
       "FOREIGN KEY (task) REFERENCES task (id) ON DELETE CASCADE, FOREIGN KEY (part_of) "
       "REFERENCES "
       "part (a) ON DELETE CASCADE) ENGINE=InnoDB",
       "INSERT INTO part VALUES (1, 'x', 11, NULL), (2, 'x''y', NULL, 1), (3, 'z', 13, NULL), (4, "
       "'z', NULL, 2)",
       "CREATE TABLE word (id INT PRIMARY KEY, a INT, b VARCHAR(9), FOREIGN KEY (b, a) REFERENCES "
       "part (b, a) ON DELETE SET NULL) ENGINE=InnoDB",
       "INSERT INTO word VALUES (1, 4, 'z'), (2, 3, 'z'), (3, 4, NULL)"});
  const auto parts = rows_of("lab", "part").rows;
  const auto words = rows_of("lab", "word").rows;
  after_delete_ = [this] {
    EXPECT_EQ(count("part"), "1");
    EXPECT_EQ(database_.value("SELECT COUNT(*) FROM word WHERE a IS NULL"), "1");
  };
  there_and_back();
  EXPECT_EQ(rows_of("lab", "part").rows, parts);
  EXPECT_EQ(rows_of("lab", "word").rows, words);
}

TEST_F(DependentRows, ThatLoseAReferenceGetItBackAndNothingElse) {
  refer("SET NULL");
  sql(
      {"ALTER TABLE task ADD changed TIMESTAMP NOT NULL DEFAULT '2020-01-01 00:00:00' ON UPDATE "
       "CURRENT_TIMESTAMP"});
  after_delete_ = [this] {
    EXPECT_EQ(database_.value("SELECT COUNT(*) FROM task WHERE host IS NULL"), "3");
    sql({"UPDATE task SET note = 'changed meanwhile', changed = changed WHERE id = 11",
         "UPDATE task SET host = 3, changed = changed WHERE id = 14"});
  };
  there_and_back();
  EXPECT_EQ(database_.value("SELECT GROUP_CONCAT(CONCAT_WS(' ', id, note, host) ORDER BY id) FROM "
                            "task"),
            "11 changed meanwhile 1,12 b 2,13 c 3,14 d 3");
  EXPECT_EQ(database_.value("SELECT COUNT(*) FROM task WHERE changed <> '2020-01-01 00:00:00'"),
            "0");
}

TEST_F(DependentRows, ThatAreGoneMeanwhileHaveNoReferenceToLose) {
  refer("SET NULL");
  after_delete_ = [this] { sql({"DELETE FROM task WHERE id = 12"}); };
  there_and_back();
  EXPECT_EQ(database_.value("SELECT GROUP_CONCAT(id, ' ', host ORDER BY id) FROM task"),
            "11 1,13 3");
}

TEST_F(DependentRows, WhoseReferenceATriggerKeepsStopTheRestore) {
  refer("SET NULL");
  after_delete_ = [this] {
    sql({"CREATE TRIGGER insist BEFORE UPDATE ON task FOR EACH ROW SET NEW.host = NULL"});
  };
  const base::Error error = failure_of([&] { there_and_back(); });
  EXPECT_EQ(error.code(), base::Code::stopped);
  EXPECT_THAT(error.what(), HasSubstr("`lab`.`task`"));
  EXPECT_EQ(count("host"), "1");
}

TEST_F(DependentRows, ThatCameAfterTheSnapshotStopTheDeletion) {
  for (const std::string rule : {"SET NULL", "CASCADE"}) {
    sql({"DROP TABLE IF EXISTS task"});
    refer(rule);
    std::vector<RowSet> sets = sets_;
    const Dependents dependents = find();
    sets.insert(sets.end(), dependents.sets.begin(), dependents.sets.end());
    const Manifest manifest =
        take_snapshot(database_, sets, files_.path() / (rule == "CASCADE" ? "cascade" : "null"));
    sql({"INSERT INTO task VALUES (20, 'new', 1)"});
    const base::Error error = failure_of([&] { delete_rows(database_, manifest, {}); });
    EXPECT_EQ(error.code(), base::Code::stopped);
    EXPECT_THAT(error.what(), HasSubstr("`lab`.`task`"));
    EXPECT_EQ(count("host"), "3");
    EXPECT_EQ(database_.value("SELECT COUNT(host) FROM task"), "4");
  }
}

TEST_F(DependentRows, ThatChangedAfterTheSnapshotStopTheDeletion) {
  refer("SET NULL");
  std::vector<RowSet> sets = sets_;
  const Dependents dependents = find();
  sets.insert(sets.end(), dependents.sets.begin(), dependents.sets.end());
  const Manifest manifest = snapshot(sets);
  sql({"UPDATE task SET host = 2 WHERE id = 11"});
  EXPECT_EQ(failure_of([&] { delete_rows(database_, manifest, {}); }).code(), base::Code::stopped);
  EXPECT_EQ(count("host"), "3");
}

TEST_F(DependentRows, WithoutAKeyAreRefused) {
  for (const std::string rule : {"SET NULL", "CASCADE"}) {
    sql({"DROP TABLE IF EXISTS task"});
    refer(rule, "id INT");
    const Dependents dependents = find();
    ASSERT_THAT(dependents.found, SizeIs(1));
    EXPECT_THAT(dependents.found[0].problem, HasSubstr("no key"));
    EXPECT_THAT(dependents.sets, IsEmpty());
  }
}

TEST_F(DependentRows, AreRefusedWhenThereAreTooMany) {
  refer("CASCADE");
  sql({"INSERT INTO task SELECT seq, 'x', 1 FROM seq_100_to_1100"});
  const Dependents dependents = find();
  ASSERT_THAT(dependents.found, SizeIs(1));
  EXPECT_EQ(dependents.found[0].rows, 1003U);
  EXPECT_THAT(dependents.found[0].problem, HasSubstr("1000"));
}

TEST_F(DependentRows, OfAnotherSchemaAreFoundToo) {
  sql(
      {"CREATE TABLE copy.task (id INT PRIMARY KEY, g INT, FOREIGN KEY (g) REFERENCES "
       "lab.resource_group (id) ON DELETE CASCADE) ENGINE=InnoDB",
       "INSERT INTO copy.task VALUES (1, 1), (2, 2)"});
  const auto before = rows_of("copy", "task").rows;
  there_and_back();
  EXPECT_EQ(rows_of("copy", "task").rows, before);
}

TEST_F(DependentRows, OfTheSameTablesButAnotherRegionAreRefused) {
  sql(
      {"ALTER TABLE host ADD twin INT, ADD FOREIGN KEY (twin) REFERENCES host (id) ON DELETE SET "
       "NULL",
       "UPDATE host SET twin = 1 WHERE id = 3"});
  const Dependents dependents = find();
  ASSERT_THAT(dependents.found, SizeIs(1));
  EXPECT_THAT(dependents.found[0].problem, HasSubstr("another region"));
}

TEST_F(DependentRows, ThatReferToThemselvesAreRefusedWhereTheServerWould) {
  sql({"ALTER TABLE host ADD twin INT, ADD CONSTRAINT self FOREIGN KEY (twin) REFERENCES host (id)",
       "UPDATE host SET twin = id WHERE id = 1"});
  EXPECT_THROW(database_.execute("DELETE FROM lab.host WHERE id = 1"), base::Error);
  const Dependents dependents = find();
  ASSERT_THAT(dependents.found, SizeIs(1));
  EXPECT_THAT(dependents.found[0].problem, HasSubstr("refers to itself"));
  EXPECT_THAT(dependents.found[0].fix, HasSubstr("NULL"));
  sql({"UPDATE host SET twin = NULL"});
  EXPECT_THAT(find().found, IsEmpty());
}

TEST_F(DependentRows, InACircleOfTablesAreRefused) {
  refer("CASCADE");
  sql(
      {"ALTER TABLE host ADD task INT, ADD FOREIGN KEY (task) REFERENCES task (id) ON DELETE "
       "CASCADE",
       "UPDATE host SET task = 11 WHERE id = 1"});
  const Dependents dependents = find();
  EXPECT_TRUE(std::ranges::any_of(dependents.found, [](const Dependent& dependent) {
    return mentions(dependent.problem, "circle");
  }));
}

TEST_F(DependentRows, WhoseEmptiedColumnIsReferredToAreRefused) {
  refer("SET NULL");
  sql(
      {"CREATE TABLE echo (id INT PRIMARY KEY, host INT, FOREIGN KEY (host) REFERENCES task (host) "
       "ON UPDATE CASCADE) ENGINE=InnoDB",
       "INSERT INTO echo VALUES (1, 1)"});
  const Dependents dependents = find();
  ASSERT_THAT(dependents.found, SizeIs(1));
  EXPECT_THAT(dependents.found[0].problem, HasSubstr("would be emptied"));
}

TEST_F(DependentRows, ThatThisUserCannotPutBackAreRefused) {
  refer("CASCADE");
  sql({"CREATE USER half@'%' IDENTIFIED BY 'Half1234'",
       "GRANT SELECT, INSERT, DELETE ON lab.* TO half@'%'",
       "REVOKE ALL ON lab.* FROM half@'%'",
       "GRANT SELECT, INSERT, DELETE ON lab.host TO half@'%'",
       "GRANT SELECT, INSERT, DELETE ON lab.resource_group TO half@'%'",
       "GRANT SELECT, DELETE ON lab.task TO half@'%'"});
  Endpoint endpoint = support::MariadbServer::shared().tcp();
  endpoint.user = "half";
  endpoint.password = base::Secret("Half1234");
  Database other = Database::connect(endpoint);
  const Dependents dependents = find_dependents(other, sets_);
  sql({"DROP USER half@'%'"});
  ASSERT_THAT(dependents.found, SizeIs(1));
  EXPECT_THAT(dependents.found[0].problem, HasSubstr("INSERT command denied"));
}

TEST_F(DependentRows, BringTheirTriggersAlong) {
  refer("CASCADE");
  sql({"CREATE TRIGGER log_it AFTER DELETE ON task FOR EACH ROW SET @gone = OLD.id"});
  EXPECT_EQ(find().triggers, std::vector<std::string>{"lab.task: log_it (AFTER DELETE)"});
}

}  // namespace
}  // namespace omsctl::metadb
