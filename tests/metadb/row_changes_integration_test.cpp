#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "omsctl/metadb/change/row_changes.hpp"

#include "metadb/fixture.hpp"

namespace omsctl::metadb {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;
using Kind = RowChange::Kind;

class RowChangesTest : public MetadbTest {
 protected:
  std::vector<RowChanges> changes() { return compare_with_rows(database_, directory()); }
};

TEST_F(RowChangesTest, AreNoneWhenAllIsAsItWas) {
  sql(region_tables());
  snapshot({{"lab", "resource_group"}, {"lab", "host"}});
  for (const RowChanges& table : changes()) {
    EXPECT_TRUE(table.none()) << table.table;
    EXPECT_TRUE(table.examples.empty()) << table.table;
  }
}

TEST_F(RowChangesTest, NameEachRowAndWhatBecomesOfIt) {
  sql(region_tables());
  snapshot({{"lab", "host", "`resource_group_id` = 1"}});
  sql({"INSERT INTO host VALUES ('10.0.0.4', 1)",
       "DELETE FROM host WHERE ip = '10.0.0.1'",
       "ALTER TABLE host ADD later INT"});
  const auto host = changes().at(0);
  EXPECT_EQ(host.database, "lab");
  EXPECT_EQ(host.table, "host");
  EXPECT_EQ(host.saved, 2U);
  EXPECT_EQ(host.missing, 1U);
  EXPECT_EQ(host.changed, 0U);
  EXPECT_EQ(host.strangers, 1U);
  EXPECT_THAT(host.examples,
              UnorderedElementsAre(RowChange{Kind::inserted, "ip = '10.0.0.1'", {}},
                                   RowChange{Kind::deleted, "ip = '10.0.0.4'", {}}));
}

TEST_F(RowChangesTest, NameTheColumnsOfAChangedRow) {
  sql(
      {"CREATE TABLE t (a INT, b VARCHAR(9), c FLOAT, d INT AS (a + 1), e TEXT, PRIMARY KEY (b, "
       "a))",
       "INSERT INTO t (a, b, c, e) VALUES (1, 'x', 0.5, 'p'), (2, '', 1, NULL)"});
  snapshot({{"lab", "t"}});
  sql({"UPDATE t SET c = 0.25, e = NULL WHERE a = 1"});
  EXPECT_THAT(changes().at(0).examples,
              ElementsAre(RowChange{Kind::updated, "b = 'x', a = 1", {"c", "e"}}));
}

TEST_F(RowChangesTest, CountAllRowsOfATableWithoutAKey) {
  sql({"CREATE TABLE t (a INT)", "INSERT INTO t VALUES (1), (1), (NULL)"});
  snapshot({{"lab", "t"}});
  sql({"DELETE FROM t WHERE a IS NULL"});
  const auto table = changes().at(0);
  EXPECT_TRUE(table.keyless);
  EXPECT_EQ(table.missing, 3U);
  EXPECT_EQ(table.strangers, 2U);
}

TEST_F(RowChangesTest, CountLostReferencesAlone) {
  sql({"CREATE TABLE t (id INT PRIMARY KEY, r INT, n INT)",
       "INSERT INTO t VALUES (1, 5, 0), (2, 5, 0), (3, 6, 0)"});
  snapshot({{"lab", "t", "1", {"r"}}});
  sql({"UPDATE t SET r = NULL WHERE id = 1",
       "UPDATE t SET n = 1 WHERE id = 2",
       "DELETE FROM t WHERE id = 3"});
  const auto table = changes().at(0);
  EXPECT_TRUE(table.references_only);
  EXPECT_EQ(table.changed, 1U);
  EXPECT_EQ(table.missing + table.strangers, 0U);
}

TEST_F(RowChangesTest, ShowAFewOfMany) {
  sql({"CREATE TABLE t (id INT PRIMARY KEY)", "INSERT INTO t SELECT seq FROM seq_1_to_50"});
  snapshot({{"lab", "t"}});
  sql({"DELETE FROM t"});
  const auto table = changes().at(0);
  EXPECT_EQ(table.missing, 50U);
  EXPECT_EQ(table.examples.size(), most_examples);
}

TEST_F(RowChangesTest, ChangeNothing) {
  sql(region_tables());
  snapshot({{"lab", "resource_group"}, {"lab", "host"}});
  sql({"DELETE FROM host", "DELETE FROM resource_group"});
  static_cast<void>(changes());
  EXPECT_EQ(count("host"), "0");
  EXPECT_EQ(count("resource_group"), "0");
}

}  // namespace
}  // namespace omsctl::metadb
