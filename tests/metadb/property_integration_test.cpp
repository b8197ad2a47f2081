#include <cstdlib>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "omsctl/metadb/change/delete.hpp"
#include "omsctl/metadb/change/dependents.hpp"
#include "omsctl/metadb/change/restore.hpp"
#include "omsctl/metadb/database.hpp"
#include "omsctl/metadb/row_set.hpp"
#include "omsctl/oms/scope.hpp"
#include "omsctl/oms/tables.hpp"

#include "metadb/fixture.hpp"
#include "metadb/random_schema.hpp"

namespace omsctl::metadb {
namespace {

using testing::Range;

/// Region "1" of two, in a random layout. The seed stands in the test's name; OMSCTL_SEED adds to
/// it, for more than the fixed ones.
class AnyLayout : public MetadbTest, public testing::WithParamInterface<unsigned int> {
 protected:
  AnyLayout() : seed_(GetParam()) {
    if (const char* further = std::getenv("OMSCTL_SEED"))
      seed_ += 1000 * static_cast<unsigned int>(std::strtoul(further, nullptr, 10));
  }

  static std::vector<RowSet> region() {
    oms::TablesView view;
    view.regions = {{"0", "cn-a", "cn-a", "", true}, {"1", "cn-b", "cn-b", "", false}};
    view.groups = {{"3", "0"}, {"4", "1"}, {"5", "1"}};
    view.hosts = {
        {"10.0.0.1", "", "4"}, {"10.0.0.2", "", "4"}, {"10.0.0.3", "", "5"}, {"10.0.0.9", "", "3"}};
    view.location_rows = 3;
    oms::LocationColumn location;
    location.name = "location";
    location.codes = {"0", "1"};
    view.location_columns = {location};
    const oms::Scope scope = oms::decide_scope(view,
                                               {"lab", "lab", "lab"},
                                               "1",
                                               {"10.0.0.1", "10.0.0.2", "10.0.0.3"},
                                               oms::OutsideRows::refuse,
                                               "");
    EXPECT_TRUE(scope.obstacles.empty());
    return scope.sets;
  }

  /// What docker_init.sh leaves: the same names under new ids.
  void initialise() {
    sql({"INSERT INTO cluster_info (code, region) VALUES ('1', 'cn-b')",
         "INSERT INTO resource_group (id, name) VALUES (60, '1')",
         "INSERT INTO host (id, ip, resource_group_id) VALUES (70, '10.0.0.1', 60), (71, "
         "'10.0.0.2', 60)",
         "INSERT INTO location_cm (place, location) VALUES (80, '1')"});
  }

  /// The region's rows and what hangs on them.
  std::vector<RowSet> region_and_dependents() {
    std::vector<RowSet> sets = region();
    const Dependents dependents = find_dependents(database_, sets);
    for (const Dependent& dependent : dependents.found)
      EXPECT_EQ(dependent.problem, "") << dependent.table;
    sets.insert(sets.end(), dependents.sets.begin(), dependents.sets.end());
    return sets;
  }

  /// Some of what others may do to the region's rows; a foreign key may forbid any of it.
  void change_something() {
    static const std::vector<std::string> changes{
        "INSERT INTO cluster_info (code, region) VALUES ('1', 'cn-b')",
        "INSERT INTO resource_group (id, name) VALUES (60, '1')",
        "INSERT INTO host (id, ip, resource_group_id) VALUES (70, '10.0.0.1', 60)",
        "INSERT INTO host (id, ip, resource_group_id) VALUES (71, '10.0.0.3', 4)",
        "INSERT INTO location_cm (place, location) VALUES (80, '1')",
        "UPDATE cluster_info SET cm_url = 'http://c' WHERE region = 'cn-b'",
        "UPDATE location_cm SET n = n + 1 WHERE place > 1",
        "UPDATE location_cm SET place = 5 - place WHERE place = 2",
        "UPDATE host SET resource_group_id = 60 WHERE id = 1",
        "UPDATE host SET resource_group_id = NULL WHERE id = 2",
        "UPDATE host SET n = n + 1 WHERE id <= 2",
        "UPDATE host SET ip = '10.0.0.2' WHERE id = 7",
        "UPDATE host SET id = 8 WHERE id = 7",
        "UPDATE resource_group SET n = 5 WHERE id = 4",
        "UPDATE resource_group SET id = 61 WHERE id = 5",
        "UPDATE task SET host = 71 WHERE host = 1",
        "UPDATE task SET host = 2 WHERE host = 7",
        "DELETE FROM cluster_info WHERE region = 'cn-b'",
        "DELETE FROM host WHERE id = 1",
        "DELETE FROM host WHERE id IN (2, 7)",
        "DELETE FROM resource_group WHERE id = 4",
        "DELETE FROM location_cm WHERE place = 3"};
    for (std::size_t i = 1 + random_.below(8); i-- > 0;)
      try {
        sql({random_.one_of(changes)});
      } catch (const DatabaseError& error) {
        ASSERT_FALSE(error.lost());
      }
  }

  unsigned int seed_;
  Values random_{seed_};
};

TEST_P(AnyLayout, SurvivesDeletionAndInitialisation) {
  SCOPED_TRACE(fmt::format("seed {}", seed_));
  const RandomSchema schema(seed_);
  for (const std::string& statement : schema.statements()) {
    SCOPED_TRACE(statement);
    ASSERT_NO_THROW(sql({statement}));
  }
  const auto before = schema.content(database_);
  delete_rows(database_, snapshot(region_and_dependents()), {});
  EXPECT_EQ(count("cluster_info"), "1");
  EXPECT_EQ(count("resource_group"), "1");
  EXPECT_EQ(count("host"), "1");
  EXPECT_EQ(count("location_cm"), "1");
  EXPECT_EQ(database_.value("SELECT GROUP_CONCAT(host) FROM task"), "9");
  initialise();
  restore_rows(database_, directory(), {});
  EXPECT_EQ(schema.content(database_), before);
}

TEST_P(AnyLayout, ComesBackFromWhateverWasChanged) {
  SCOPED_TRACE(fmt::format("seed {}", seed_));
  const RandomSchema schema(seed_);
  sql(schema.statements());
  sql({"INSERT INTO resource_group (id, name) VALUES (6, '1')"});
  const auto before = schema.content(database_);
  snapshot(region_and_dependents());
  // Rows elsewhere that hold on to a row of the region which nobody changes.
  sql({"CREATE TABLE kept (g BIGINT, FOREIGN KEY (g) REFERENCES resource_group (id)) ENGINE=InnoDB",
       "INSERT INTO kept VALUES (6)"});
  change_something();
  restore_rows(database_, directory(), {});
  EXPECT_EQ(schema.content(database_), before);
  EXPECT_EQ(count("kept"), "1");
}

INSTANTIATE_TEST_SUITE_P(Seeds, AnyLayout, Range(1U, 41U));

}  // namespace
}  // namespace omsctl::metadb
