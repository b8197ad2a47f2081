#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "omsctl/metadb/change/changed_ids.hpp"

#include "metadb/fixture.hpp"

namespace omsctl::metadb {
namespace {

class ChangedIds : public MetadbTest {
 protected:
  ChangedIds() {
    sql({"CREATE TABLE host (id BIGINT PRIMARY KEY, ip VARCHAR(64)) ENGINE=InnoDB",
         "INSERT INTO host VALUES (1, '10.0.0.1'), (2, '10.0.0.2'), (3, '10.0.0.3')"});
    static_cast<void>(snapshot({{"lab", "host"}}));
    sql({"DELETE FROM host", "INSERT INTO host VALUES (7, '10.0.0.1'), (2, '10.0.0.2')"});
  }
  std::vector<ChangedId> changed() {
    return changed_ids(
        database_, directory(), {{"lab", "host", "ip", "ID", "host_id"}}, {"lab", "copy"});
  }
};

TEST_F(ChangedIds, AreToldByName) {
  const std::vector<ChangedId> ids = changed();
  ASSERT_EQ(ids.size(), 2U);
  EXPECT_EQ(ids[0].table, "lab.host");
  EXPECT_EQ(ids[0].name, "10.0.0.1");
  EXPECT_EQ(ids[0].old_ids, std::vector<std::string>{"1"});
  EXPECT_EQ(ids[0].new_ids, std::vector<std::string>{"7"});
  EXPECT_EQ(ids[1].name, "10.0.0.3");
  EXPECT_TRUE(ids[1].new_ids.empty());
}

TEST_F(ChangedIds, ComeWithWhoeverStillHoldsThem) {
  sql({"CREATE TABLE task (main_Host_Id VARCHAR(9), of_host INT, host_id INT) ENGINE=InnoDB",
       "INSERT INTO task VALUES ('1', 1, 1), ('1', 7, 2), ('1x', 1, 10), (NULL, 1, NULL)",
       "CREATE VIEW seen AS SELECT host_id FROM task",
       "CREATE TABLE copy.link (h BIGINT) ENGINE=InnoDB",
       "SET foreign_key_checks = 0",
       "INSERT INTO copy.link VALUES (1), (2)",
       "ALTER TABLE copy.link ADD FOREIGN KEY (h) REFERENCES lab.host (id)",
       "SET foreign_key_checks = 1"});
  const std::vector<IdHolder> holders = changed().at(0).holders;
  ASSERT_EQ(holders.size(), 3U);
  EXPECT_EQ(holders[0].column, "copy.link.h");
  EXPECT_EQ(holders[0].rows, 1U);
  EXPECT_EQ(holders[1].column, "lab.task.host_id");
  EXPECT_EQ(holders[1].rows, 1U);
  EXPECT_EQ(holders[2].column, "lab.task.main_Host_Id");
  EXPECT_EQ(holders[2].rows, 2U);
}

TEST_F(ChangedIds, AreNoneInATableWithoutIds) {
  EXPECT_TRUE(
      changed_ids(database_, directory(), {{"lab", "host", "ip", "number", "x"}}, {"lab"}).empty());
}

}  // namespace
}  // namespace omsctl::metadb
