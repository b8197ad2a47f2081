#include "omsctl/oms/tables.hpp"

#include <gtest/gtest.h>

#include "omsctl/metadb/row_set.hpp"
#include "omsctl/oms/scope.hpp"

namespace omsctl::oms {
namespace {

const Databases names{"rm", "cm", "hb"};

/// A column of location_cm with one row for each code.
LocationColumn column(const std::string& name, const std::vector<std::string>& codes) {
  LocationColumn column;
  column.name = name;
  column.codes = codes;
  column.rows_of_region = 1;
  column.rows_of_others = codes.size() - 1;
  return column;
}

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
  view.location_columns = {column("location", {"0", "1"})};
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

Scope scope_of_1(const TablesView& view,
                 OutsideRows outside = OutsideRows::refuse,
                 const std::string& location_column = "") {
  return decide_scope(view, names, "1", {"192.0.2.21"}, outside, location_column);
}

/// The scope's one obstacle.
std::string obstacle_of(const TablesView& view, const std::string& location_column = "") {
  const Scope scope = scope_of_1(view, OutsideRows::refuse, location_column);
  return scope.obstacles.size() == 1 ? scope.obstacles.front().what : "";
}

TEST(Scope, TwoCandidateColumnsAreAnObstacleUntilOneIsChosen) {
  TablesView view = two_regions();
  view.location_columns.push_back(column("is_open", {"0", "1"}));
  EXPECT_EQ(obstacle_of(view),
            "several columns of location_cm hold the regions' codes: location (1 row of this "
            "region), is_open (1 row of this region)");
  const Scope scope = scope_of_1(view, OutsideRows::refuse, "IS_OPEN");
  EXPECT_TRUE(scope.obstacles.empty());
  EXPECT_EQ(of(scope, "location_cm").where, "BINARY CAST(`is_open` AS CHAR) = '1'");
}

TEST(Scope, ColumnsThatSelectTheSameRowsNeedNoQuestion) {
  TablesView view = two_regions();
  view.location_columns.push_back(column("region_no", {"0", "1"}));
  view.location_columns.back().same_as = "location";
  EXPECT_TRUE(scope_of_1(view).obstacles.empty());
}

TEST(Scope, ACounterHoldsNoCodes) {
  TablesView view = two_regions();
  view.location_columns.push_back(column("id", {"1"}));
  view.location_columns.back().counts = true;
  EXPECT_TRUE(scope_of_1(view).obstacles.empty());
}

TEST(Scope, AColumnThatLacksARegionMayBeAFlag) {
  TablesView view = two_regions();
  view.location_columns = {column("is_open", {"1"})};
  EXPECT_EQ(obstacle_of(view),
            "column is_open of location_cm holds codes, but none of region 0: it may mean "
            "something else");
  EXPECT_EQ(obstacle_of(view, "is_open"), "");
}

TEST(Scope, ZeroAndOneAloneMayBeAFlag) {
  TablesView view = two_regions();
  view.location_columns = {column("is_open", {"0", "1"})};
  EXPECT_EQ(obstacle_of(view),
            "column is_open of location_cm holds 0 and 1: they may be codes or flags");
  EXPECT_EQ(obstacle_of(view, "is_open"), "");
}

TEST(Scope, AColumnThatAnotherContradictsIsAnObstacle) {
  TablesView view = two_regions();
  view.location_columns.front().contradicted_by = "region";
  EXPECT_EQ(obstacle_of(view),
            "column location of location_cm holds codes, but column region names other regions in "
            "the same rows");
}

TEST(Scope, AColumnThatWasChosenMustBeThere) {
  EXPECT_EQ(obstacle_of(two_regions(), "nowhere"),
            "location_cm has no column \"nowhere\" with the regions' codes");
}

TEST(Scope, ANodeInAnotherRegionsGroupIsAConflict) {
  TablesView view = two_regions();
  view.hosts.push_back({"192.0.2.21", "ONLINE", "5"});
  EXPECT_EQ(obstacle_of(view),
            "host \"192.0.2.21\" is a node of this region, but its row is in resource_group 5, "
            "another region's");
}

TEST(Scope, NeverTakesAnotherRegionsHostByItsAddress) {
  EXPECT_EQ(of(scope_of_1(two_regions()), "host").where,
            "(BINARY CAST(`resource_group_id` AS CHAR) IN ('6') OR (BINARY CAST(`ip` AS CHAR) IN "
            "('192.0.2.21') AND (`resource_group_id` IS NULL OR NOT BINARY "
            "CAST(`resource_group_id` AS CHAR) IN ('5'))))");
}

TEST(Scope, AGroupIdOfTwoRegionsIsAnObstacle) {
  TablesView view = two_regions();
  view.groups.push_back({"5", "1"});
  EXPECT_EQ(obstacle_of(view), "resource_group id 5 is this region's and another's");
}

TEST(Scope, TakesAllGroupsOfOneName) {
  TablesView view = two_regions();
  view.groups.push_back({"8", "1"});
  EXPECT_NE(of(scope_of_1(view), "host").where.find("IN ('6', '8')"), std::string::npos);
}

TEST(Scope, NamesThatOnlyLookLikeACodeAreNoRegions) {
  for (const char* name : {"1 ", "01", " 1", "\xEF\xBC\x91", "1.0", ""}) {
    TablesView view = two_regions();
    view.groups.push_back({"9", name});
    EXPECT_EQ(scope_of_1(view).outside.size(), 1U) << name;
  }
}

TEST(Scope, RowsOfNoRegionAreListedAndClearedOnlyOnRequest) {
  TablesView view = two_regions();
  view.groups.push_back({"9", "left-over"});
  view.hosts.push_back({"192.0.2.99", "OFFLINE", "9"});
  view.hosts.push_back({"192.0.2.98", "OFFLINE", "77"});
  EXPECT_EQ(scope_of_1(view).outside.size(), 3U);
  EXPECT_EQ(of(scope_of_1(view, OutsideRows::keep), "resource_group").where,
            "BINARY CAST(`name` AS CHAR) = '1'");
  const Scope cleared = scope_of_1(view, OutsideRows::clear);
  EXPECT_EQ(of(cleared, "resource_group").where,
            "BINARY CAST(`name` AS CHAR) IN ('1', 'left-over')");
  EXPECT_TRUE(
      of(cleared, "host")
          .where.starts_with("(BINARY CAST(`resource_group_id` AS CHAR) IN ('6', '77', '9') OR "));
}

TEST(Scope, RowsOfLocationCmWithoutARegionAreListedAndClearedOnlyOnRequest) {
  TablesView view = two_regions();
  LocationColumn& location = view.location_columns.front();
  location.rows_of_none = 3;
  location.others = {"9", "x'y"};
  location.has_null = true;
  const Scope kept = scope_of_1(view);
  EXPECT_EQ(kept.outside,
            std::vector<std::string>{"location_cm 3 rows with location \"9\", \"x'y\", NULL"});
  EXPECT_EQ(of(kept, "location_cm").where, "BINARY CAST(`location` AS CHAR) = '1'");
  EXPECT_EQ(of(scope_of_1(view, OutsideRows::clear), "location_cm").where,
            "(BINARY CAST(`location` AS CHAR) IN ('9', 'x''y', '1') OR `location` IS NULL)");
}

TEST(Scope, ARegionWithoutACodeIsNone) {
  TablesView view = two_regions();
  view.regions.push_back({"", "cn-x", "cn-x", "", false});
  EXPECT_EQ(scope_of_1(view).outside,
            std::vector<std::string>{"cluster_info region \"cn-x\" without a code"});
  EXPECT_EQ(of(scope_of_1(view), "cluster_info").where, "BINARY CAST(`code` AS CHAR) = '1'");
  EXPECT_EQ(of(scope_of_1(view, OutsideRows::clear), "cluster_info").where,
            "(BINARY CAST(`code` AS CHAR) IN ('', '1') OR `code` IS NULL)");
}

}  // namespace
}  // namespace omsctl::oms
