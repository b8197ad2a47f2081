#include "omsctl/oms/tables.hpp"

#include <gtest/gtest.h>

namespace omsctl::oms {
namespace {

const Databases names{"rm", "cm", "hb"};

TablesView one_region() {
  TablesView view;
  view.regions = {{"0", "cn-a", "cn-a", "http://192.0.2.11:8088", true}};
  view.groups = {{"5", "0"}};
  view.hosts = {{"192.0.2.11", "ONLINE", "5"}};
  view.location_rows = 2;
  return view;
}

TablesView two_regions() {
  TablesView view = one_region();
  view.regions.push_back({"1", "cn-b", "cn-b", "http://192.0.2.21:8088", false});
  view.groups.push_back({"6", "1"});
  view.hosts.push_back({"192.0.2.21", "ONLINE", "6"});
  view.location_columns = {{"location", 1, 1, 0}};
  return view;
}

const metadb::RowSet& of(const Scope& scope, const std::string& table) {
  for (const metadb::RowSet& set : scope.sets)
    if (set.table == table)
      return set;
  throw std::out_of_range(table);
}

TEST(Scope, TakesTheRegionsRowsOnlyByExactText) {
  const Scope scope =
      decide_scope(one_region(), names, "0", {"192.0.2.11"}, OutsideRows::refuse, "");
  EXPECT_TRUE(scope.outside.empty());
  EXPECT_TRUE(scope.obstacles.empty());
  EXPECT_EQ(of(scope, "cluster_info").where, "BINARY CAST(`code` AS CHAR) = '0'");
  EXPECT_EQ(of(scope, "host").where,
            "(BINARY CAST(`resource_group_id` AS CHAR) IN ('5') OR BINARY CAST(`ip` AS CHAR) IN "
            "('192.0.2.11'))");
  EXPECT_EQ(of(scope, "location_cm").where, "1");
}

TEST(Scope, UsesTheOneColumnThatTellsRegionsApart) {
  const Scope scope =
      decide_scope(two_regions(), names, "1", {"192.0.2.21"}, OutsideRows::refuse, "");
  EXPECT_EQ(of(scope, "location_cm").where, "BINARY CAST(`location` AS CHAR) = '1'");
}

TEST(Scope, TwoCandidateColumnsAreAnObstacleUntilOneIsChosen) {
  TablesView view = two_regions();
  view.location_columns.push_back({"code", 2, 0, 0});
  EXPECT_EQ(
      decide_scope(view, names, "1", {"192.0.2.21"}, OutsideRows::refuse, "").obstacles.size(), 1U);
  const Scope scope = decide_scope(view, names, "1", {"192.0.2.21"}, OutsideRows::refuse, "code");
  EXPECT_TRUE(scope.obstacles.empty());
  EXPECT_EQ(of(scope, "location_cm").where, "BINARY CAST(`code` AS CHAR) = '1'");
}

TEST(Scope, RowsOfNoRegionAreListedAndClearedOnlyOnRequest) {
  TablesView view = two_regions();
  view.groups.push_back({"9", "left-over"});
  view.hosts.push_back({"192.0.2.99", "OFFLINE", "9"});
  EXPECT_EQ(decide_scope(view, names, "1", {"192.0.2.21"}, OutsideRows::refuse, "").outside.size(),
            2U);
  const Scope kept = decide_scope(view, names, "1", {"192.0.2.21"}, OutsideRows::keep, "");
  EXPECT_EQ(of(kept, "resource_group").where, "BINARY CAST(`name` AS CHAR) = '1'");
  const Scope cleared = decide_scope(view, names, "1", {"192.0.2.21"}, OutsideRows::clear, "");
  EXPECT_EQ(of(cleared, "resource_group").where, "NOT BINARY CAST(`name` AS CHAR) IN ('0')");
}

}  // namespace
}  // namespace omsctl::oms
