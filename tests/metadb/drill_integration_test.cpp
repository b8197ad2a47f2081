#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "omsctl/base/digest.hpp"
#include "omsctl/metadb/copy/drill.hpp"
#include "omsctl/metadb/copy/dump.hpp"
#include "omsctl/metadb/copy/progress.hpp"
#include "omsctl/metadb/copy/snapshot.hpp"

#include "metadb/fixture.hpp"
#include "support/mariadb_server.hpp"

namespace omsctl::metadb {
namespace {

using support::MariadbServer;
using testing::Contains;
using testing::HasSubstr;

/// Two databases that refer to each other, with triggers and views.
class DrillOfADump : public MetadbTest {
 protected:
  DrillOfADump() {
    sql({"CREATE TABLE real_one (id INT PRIMARY KEY) ENGINE=InnoDB",
         "DROP DATABASE IF EXISTS oms_cm",
         "DROP DATABASE IF EXISTS oms_rm",
         "CREATE DATABASE oms_rm",
         "CREATE DATABASE oms_cm",
         "USE oms_rm",
         "CREATE TABLE project (id INT PRIMARY KEY, name VARCHAR(30)) ENGINE=InnoDB",
         "CREATE TABLE log (what TEXT) ENGINE=MyISAM",
         "CREATE TRIGGER said AFTER INSERT ON project FOR EACH ROW BEGIN INSERT INTO log VALUES "
         "('a;b'); END",
         "CREATE VIEW named AS SELECT name FROM project",
         "INSERT INTO project VALUES (1, 'one'), (2, 'tw;o')",
         "CREATE TABLE oms_cm.task (id INT PRIMARY KEY, p INT, FOREIGN KEY (p) REFERENCES "
         "oms_rm.project (id)) ENGINE=InnoDB",
         "CREATE TABLE oms_cm.lease (g INT, FOREIGN KEY (g) REFERENCES lab.real_one (id)) "
         "ENGINE=InnoDB",
         "INSERT INTO oms_cm.task VALUES (1, 1), (2, NULL)"});
    dump();
  }

  void TearDown() override {
    EXPECT_EQ(scratch_databases(), 0U);
    sql({"DROP DATABASE oms_cm", "DROP DATABASE oms_rm"});
  }

  void dump() { static_cast<void>(dump_databases(database_, {"oms_rm", "oms_cm"}, directory())); }

  Drilled drilled(const Progress& progress = {}) {
    return drill(MariadbServer::shared().tcp(), directory(), progress);
  }

  std::size_t scratch_databases() {
    return database_
        .query("SELECT 1 FROM information_schema.SCHEMATA WHERE SCHEMA_NAME LIKE 'omsctl\\_drill%'")
        .rows.size();
  }
};

TEST_F(DrillOfADump, BringsEveryRowBack) {
  const Drilled result = drilled();
  ASSERT_EQ(result.tables.size(), 4U);
  for (const DrilledTable& table : result.tables)
    EXPECT_EQ(table.problem, "") << table.name;
  EXPECT_THAT(result.notes, Contains(HasSubstr("`lab`.`real_one`")));
}

TEST_F(DrillOfADump, PointsForeignKeysAtTheScratchDatabases) {
  std::string seen;
  static_cast<void>(drilled([&](std::string_view, std::uint64_t, std::uint64_t) {
    seen += database_
                .value(
                    "SELECT GROUP_CONCAT(CONCAT(TABLE_SCHEMA, ' to ', REFERENCED_TABLE_SCHEMA)) "
                    "FROM information_schema.KEY_COLUMN_USAGE WHERE REFERENCED_TABLE_NAME IS "
                    "NOT NULL AND TABLE_SCHEMA LIKE 'omsctl%'")
                .value_or("");
  }));
  EXPECT_THAT(seen, HasSubstr("omsctl_drill_1 to omsctl_drill_2"));
  EXPECT_THAT(seen, testing::Not(HasSubstr("to oms_rm")));
}

TEST_F(DrillOfADump, LeavesTheRealRowsAlone) {
  static_cast<void>(drilled());
  EXPECT_EQ(database_.value("SELECT COUNT(*) FROM oms_rm.log"), "2");
  EXPECT_EQ(database_.value("SELECT COUNT(*) FROM oms_cm.task"), "2");
}

TEST_F(DrillOfADump, RefusesToTouchADatabaseThatIsThere) {
  sql({"CREATE DATABASE omsctl_drill_2", "CREATE TABLE omsctl_drill_2.mine (id INT)"});
  const base::Error error = failure_of([&] { static_cast<void>(drilled()); });
  EXPECT_EQ(error.code(), base::Code::refused);
  EXPECT_THAT(error.hint(), HasSubstr("DROP DATABASE omsctl_drill_2"));
  EXPECT_EQ(database_.value("SELECT COUNT(*) FROM omsctl_drill_2.mine"), "0");
  sql({"DROP DATABASE omsctl_drill_2"});
}

TEST_F(DrillOfADump, DropsItsDatabasesAfterAnInterruption) {
  EXPECT_EQ(failure_of([&] {
              static_cast<void>(drilled([](std::string_view, std::uint64_t, std::uint64_t) {
                throw base::Error(base::Code::interrupted, "stop");
              }));
            }).code(),
            base::Code::interrupted);
}

TEST_F(DrillOfADump, DropsItsDatabasesWhenTheServerEndsTheSession) {
  EXPECT_EQ(failure_of([&] {
              static_cast<void>(drilled([&](std::string_view, std::uint64_t, std::uint64_t) {
                for (const Row& row :
                     database_
                         .query("SELECT ID FROM information_schema.PROCESSLIST WHERE ID <> "
                                "CONNECTION_ID() AND DB LIKE 'omsctl%'")
                         .rows)
                  sql({"KILL " + row.at(0).value_or("")});
              }));
            }).code(),
            base::Code::database);
}

TEST_F(DrillOfADump, IsNotBegunWithADamagedCopy) {
  const auto file = directory() / "oms_rm.sql.zst";
  overwrite(file, base::read_file(file).substr(0, 100));
  EXPECT_EQ(failure_of([&] { static_cast<void>(drilled()); }).code(), base::Code::storage);
}

TEST_F(DrillOfADump, NeedsADump) {
  const auto rows = files_.path() / "rows";
  take_snapshot(database_, {{"oms_rm", "project"}}, rows);
  EXPECT_EQ(
      failure_of([&] { static_cast<void>(drill(MariadbServer::shared().tcp(), rows)); }).code(),
      base::Code::storage);
}

}  // namespace
}  // namespace omsctl::metadb
