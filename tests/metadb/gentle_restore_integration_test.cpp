#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "omsctl/metadb/change/restore.hpp"
#include "omsctl/metadb/database.hpp"

#include "metadb/fixture.hpp"
#include "support/mariadb_server.hpp"

namespace omsctl::metadb {
namespace {

using support::MariadbServer;
using testing::HasSubstr;

/// Groups with a unique name, their hosts, and what hangs on a host elsewhere.
class GentleRestore : public MetadbTest {
 protected:
  GentleRestore() {
    sql({"CREATE TABLE grp (id INT PRIMARY KEY, name VARCHAR(9) NOT NULL UNIQUE) ENGINE=InnoDB",
         "CREATE TABLE host (id INT PRIMARY KEY, ip VARCHAR(64) UNIQUE, g INT, FOREIGN KEY (g) "
         "REFERENCES grp (id)) ENGINE=InnoDB",
         "INSERT INTO grp VALUES (1, 'a'), (2, 'b')",
         "INSERT INTO host VALUES (1, '10.0.0.1', 1), (2, '10.0.0.2', 2)"});
  }

  /// Rows in another table that refer to all hosts.
  void add_tasks(const std::string& rule) {
    sql({"CREATE TABLE task (h INT, FOREIGN KEY (h) REFERENCES host (id) ON DELETE " + rule +
             ") ENGINE=InnoDB",
         "INSERT INTO task VALUES (1), (2)"});
  }

  /// What happens to the rows of a table from now on is written down.
  void watch(const std::string& table) {
    sql({"CREATE TABLE IF NOT EXISTS seen (what VARCHAR(20)) ENGINE=InnoDB"});
    for (const std::string event : {"INSERT", "UPDATE", "DELETE"})
      sql(
          {fmt::format("CREATE TRIGGER {0}_{1} AFTER {1} ON {0} FOR EACH ROW INSERT INTO seen "
                       "VALUES ('{1} {0}')",
                       table,
                       event)});
  }
  [[nodiscard]] std::string seen() {
    return database_.value("SELECT GROUP_CONCAT(what ORDER BY what) FROM seen").value_or("");
  }

  void save() { snapshot({{"lab", "grp"}, {"lab", "host"}}); }
  void restore() { restore_rows(database_, directory(), {}); }
  [[nodiscard]] std::vector<std::vector<Row>> content() {
    return {rows_of("lab", "grp").rows, rows_of("lab", "host").rows};
  }
};

TEST_F(GentleRestore, TouchesNoRowThatIsAsItWasSaved) {
  add_tasks("RESTRICT");
  save();
  const auto before = content();
  sql({"UPDATE grp SET name = 'z' WHERE id = 2", "INSERT INTO host VALUES (3, '10.0.0.3', 1)"});
  watch("grp");
  watch("host");
  restore();
  EXPECT_EQ(content(), before);
  EXPECT_EQ(seen(), "DELETE host,UPDATE grp");
}

TEST_F(GentleRestore, DoesNothingWhenAllIsAsItWas) {
  add_tasks("CASCADE");
  save();
  watch("grp");
  watch("host");
  restore();
  EXPECT_EQ(seen(), "");
  EXPECT_EQ(count("task"), "2");
}

TEST_F(GentleRestore, LosesNoRowThatWouldFollowAChangedOne) {
  add_tasks("CASCADE");
  save();
  const auto before = content();
  sql({"UPDATE host SET g = 1 WHERE id = 2", "UPDATE host SET ip = '10.0.0.9' WHERE id = 1"});
  restore();
  EXPECT_EQ(content(), before);
  EXPECT_EQ(count("task"), "2");
}

TEST_F(GentleRestore, StrangersGiveUpUniqueValuesFirst) {
  save();
  const auto before = content();
  sql({"DELETE FROM host WHERE id = 2", "INSERT INTO host VALUES (3, '10.0.0.2', 2)"});
  restore();
  EXPECT_EQ(content(), before);
}

TEST_F(GentleRestore, RowsThatSwappedAUniqueValueSwapItBack) {
  save();
  const auto before = content();
  sql({"UPDATE grp SET name = 'x' WHERE id = 1",
       "UPDATE grp SET name = 'a' WHERE id = 2",
       "UPDATE grp SET name = 'b' WHERE id = 1"});
  restore();
  EXPECT_EQ(content(), before);
}

TEST_F(GentleRestore, ASwapIsRefusedRatherThanLosingRowsElsewhere) {
  add_tasks("CASCADE");
  save();
  sql({"UPDATE host SET ip = NULL WHERE id = 1",
       "UPDATE host SET ip = '10.0.0.1' WHERE id = 2",
       "UPDATE host SET ip = '10.0.0.2' WHERE id = 1"});
  const auto before = content();
  const base::Error error = failure_of([&] { restore(); });
  EXPECT_EQ(error.code(), base::Code::stopped);
  EXPECT_THAT(error.what(), HasSubstr("`task`"));
  EXPECT_EQ(content(), before);
  EXPECT_EQ(count("task"), "2");
}

TEST_F(GentleRestore, AHostThatMovedToAStrangeGroupOfTheSameNameMovesBack) {
  add_tasks("RESTRICT");
  save();
  const auto before = content();
  sql({"UPDATE grp SET name = 'old' WHERE id = 2",
       "INSERT INTO grp VALUES (9, 'b')",
       "UPDATE host SET g = 9 WHERE id = 2"});
  restore();
  EXPECT_EQ(content(), before);
  EXPECT_EQ(count("task"), "2");
}

TEST_F(GentleRestore, AHostWhoseGroupWasReplacedIsInsertedAnewWhenNothingElseHelps) {
  save();
  const auto before = content();
  sql({"INSERT INTO grp VALUES (9, 'x')",
       "UPDATE host SET g = 9 WHERE id = 2",
       "DELETE FROM grp WHERE id = 2",
       "UPDATE grp SET name = 'b' WHERE id = 9"});
  restore();
  EXPECT_EQ(content(), before);
}

TEST_F(GentleRestore, StopsWhenRowsElsewhereWouldFollowAStranger) {
  add_tasks("CASCADE");
  save();
  sql({"INSERT INTO host VALUES (3, '10.0.0.3', 1)", "INSERT INTO task VALUES (3)"});
  const base::Error error = failure_of([&] { restore(); });
  EXPECT_EQ(error.code(), base::Code::stopped);
  EXPECT_THAT(error.what(), HasSubstr("1 rows of `lab`.`task`"));
  EXPECT_EQ(count("host"), "3");
  EXPECT_EQ(count("task"), "3");
}

TEST_F(GentleRestore, StopsWhenAStrangerIsHeldByRowsElsewhere) {
  add_tasks("RESTRICT");
  save();
  sql({"INSERT INTO host VALUES (3, '10.0.0.3', 1)", "INSERT INTO task VALUES (3)"});
  const base::Error error = failure_of([&] { restore(); });
  EXPECT_EQ(error.code(), base::Code::database);
  EXPECT_THAT(error.what(), HasSubstr("task"));
  EXPECT_EQ(count("host"), "3");
}

TEST_F(GentleRestore, ARowThatLeftTheSetBecauseItsParentIsGoneIsFoundThere) {
  sql({"CREATE TABLE place (id INT PRIMARY KEY, g INT, v INT) ENGINE=InnoDB",
       "INSERT INTO place VALUES (1, 1, 1), (2, 2, 1), (3, 2, 2)"});
  snapshot({{"lab", "grp", "`name` = 'b'"},
            {"lab", "place", "`g` IN (SELECT `id` FROM `lab`.`grp` WHERE `name` = 'b')"}});
  const auto places = rows_of("lab", "place").rows;
  sql({"DELETE FROM host WHERE g = 2", "DELETE FROM grp WHERE id = 2"});
  restore();
  EXPECT_EQ(rows_of("lab", "place").rows, places);
}

TEST_F(GentleRestore, AKeylessParentTakesItsChildrenOutAndBackIn) {
  sql({"CREATE TABLE code (c INT NULL UNIQUE, v INT) ENGINE=InnoDB",
       "CREATE TABLE user (id INT PRIMARY KEY, c INT, FOREIGN KEY (c) REFERENCES code (c) ON "
       "DELETE CASCADE) ENGINE=InnoDB",
       "INSERT INTO code VALUES (1, 1), (2, 2), (NULL, 3), (NULL, 3)",
       "INSERT INTO user VALUES (1, 1), (2, 2)"});
  snapshot({{"lab", "code"}, {"lab", "user"}});
  const auto codes = rows_of("lab", "code").rows;
  const auto users = rows_of("lab", "user").rows;
  sql({"UPDATE code SET v = 9 WHERE c = 1", "DELETE FROM code WHERE c = 2"});
  restore();
  EXPECT_EQ(rows_of("lab", "code").rows, codes);
  EXPECT_EQ(rows_of("lab", "user").rows, users);
}

TEST_F(GentleRestore, SeesWhatOthersWroteUntilItsOwnTurn) {
  save();
  const auto before = content();
  Database other = Database::connect(MariadbServer::shared().tcp());
  restore_rows(database_, directory(), [&](Database&) {
    other.execute("UPDATE lab.host SET ip = '10.0.0.8' WHERE id = 1");
    other.execute("INSERT INTO lab.host VALUES (5, '10.0.0.1', 2)");
  });
  EXPECT_EQ(content(), before);
}

TEST_F(GentleRestore, LetsOthersWorkWithRowsThatStay) {
  add_tasks("RESTRICT");
  sql(
      {"CREATE TABLE beat (id INT AUTO_INCREMENT PRIMARY KEY, h INT, FOREIGN KEY (h) REFERENCES "
       "host (id)) ENGINE=InnoDB"});
  save();
  const auto before = content();
  std::atomic<bool> done{false};
  std::atomic<int> written{0};
  std::jthread writer([&] {
    Database other = Database::connect(MariadbServer::shared().tcp());
    while (!done || written == 0) {
      other.execute("INSERT INTO lab.beat (h) VALUES (1)");
      ++written;
    }
  });
  for (int i = 0; i < 20; ++i) {
    sql({"UPDATE host SET g = 1 WHERE id = 2",
         fmt::format("INSERT INTO grp VALUES (9, 'n{}')", i)});
    restore();
    ASSERT_EQ(content(), before);
  }
  done = true;
  writer.join();
  EXPECT_EQ(count("beat"), std::to_string(written));
  EXPECT_EQ(count("task"), "2");
}

}  // namespace
}  // namespace omsctl::metadb
