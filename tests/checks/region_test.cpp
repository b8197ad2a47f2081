#include <gtest/gtest.h>

#include "omsctl/checks/rules.hpp"
#include "omsctl/config/address.hpp"

#include "checks/find.hpp"
#include "support/sample_facts.hpp"

namespace omsctl::checks {
namespace {

using facts::Facts;
using tests::sample_region_facts;

TEST(CheckRegion, RefusesNothingWhereAllIsWell) {
  const Findings findings = check_region(sample_region_facts(), {});
  EXPECT_FALSE(has_errors(findings)) << describe(findings);
}

class RegionRefusal : public testing::TestWithParam<Case> {};

TEST_P(RegionRefusal, NamesTheRowAndTheFix) {
  Facts facts = sample_region_facts();
  GetParam().spoil(facts);
  expect_refused(check_region(facts, {}), GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    Rules,
    RegionRefusal,
    testing::Values(
        Case{"NoDeployment",
             [](Facts& f) { f.metadb.view.regions.clear(); },
             "region.no-deployment",
             "oms_rm"},
        Case{"SecondDefault",
             [](Facts& f) { f.target.cm_is_default = true; },
             "region.second-default",
             R"(cm_is_default is true, but there is a default region: cluster_info: code "1")"},
        Case{"SecondDefaultByOmission",
             [](Facts& f) {
               f.target.cm_is_default = true;
               f.target_values.erase("cm_is_default");
             },
             "region.second-default",
             "is absent, which means true"},
        Case{"LocationTaken",
             [](Facts& f) { f.target.cm_location = 1; },
             "region.location-taken",
             R"(code "1", region "cn-lab")"},
        Case{"LocationTakenButForAZero",
             [](Facts& f) {
               f.metadb.view.regions.push_back({"02 ", "x", "x", "http://y:1", false});
             },
             "region.location-taken",
             "but for blanks or zeros"},
        Case{"NameMissing",
             [](Facts& f) { f.target.cm_region = " "; },
             "region.name-missing",
             "cm_region is missing"},
        Case{"NameTakenButForCase",
             [](Facts& f) { f.target.cm_region = "CN-Lab "; },
             "region.name-taken",
             "but for case or blanks"},
        Case{"CmUrlTaken",
             [](Facts& f) { f.target.cm_url = config::parse_cm_url(tests::vip_cm_url); },
             "region.cm-url-taken",
             "is another region's"},
        Case{"CmUrlTakenWithAnotherScheme",
             [](Facts& f) {
               f.target.cm_url = config::parse_cm_url(std::string("https://192.0.2.100:8088"));
             },
             "region.cm-url-taken",
             "192.0.2.100"},
        Case{"CmUrlOfAnotherRegionsNode",
             [](Facts& f) {
               f.target.cm_url = config::parse_cm_url(std::string("http://192.0.2.11:9088"));
             },
             "region.cm-url-foreign",
             "a node of region 1 (cn-lab)"},
        Case{"CmUrlSharesAnotherRegionsVip",
             [](Facts& f) {
               f.target.cm_url = config::parse_cm_url(std::string("http://192.0.2.100:9088"));
             },
             "region.cm-url-shared",
             "the host of another region's: cluster_info: code \"1\""},
        Case{"CmUrlWithAnotherScheme",
             [](Facts& f) {
               f.target.cm_url = config::parse_cm_url(std::string("https://192.0.2.200:8088"));
             },
             "region.cm-url-scheme",
             "begins with https://, that of the initial node 192.0.2.11 with http://"},
        Case{"CmUrlAtAPortWhereNoCmListens",
             [](Facts& f) {
               f.target.cm_nodes = {"192.0.2.21"};
               f.target.cm_url = config::parse_cm_url(std::string("http://192.0.2.21:8089"));
             },
             "region.cm-url-port",
             "at port 8089, but its CM will listen on 8088"},
        Case{"CmUrlIsOneOfSeveralNodes",
             [](Facts& f) {
               f.target.cm_url = config::parse_cm_url(std::string("http://192.0.2.21:8088"));
             },
             "vip.is-a-node",
             "192.0.2.21"},
        Case{"NodeOfAnotherRegion",
             [](Facts& f) { f.target.cm_nodes.emplace_back("192.0.2.11"); },
             "region.node-taken",
             "192.0.2.11 is a node of region 1 (cn-lab)"},
        Case{"NodeOfAnotherRegionByAnotherAddress",
             [](Facts& f) { f.nodes[0].own_addresses.emplace_back("192.0.2.11"); },
             "region.node-taken",
             "the table host has 192.0.2.11"},
        Case{"NodeOfAnotherRegionThatHasNoRow",
             [](Facts& f) { f.deployed->cm_nodes.emplace_back("192.0.2.22"); },
             "region.node-taken",
             "192.0.2.22 is one of cm_nodes in config.yaml on 192.0.2.11"},
        Case{"NobodyKnowsWhatTheOtherRegionsFileSays",
             [](Facts& f) {
               f.nodes[2].config_text = "a: [";
               f.deployed_values.clear();
               f.deployed.reset();
             },
             "config.deployed-unreadable",
             "YAML"},
        Case{"HeartbeatOfAnotherRegion",
             [](Facts& f) { f.target.heartbeat_db = "OMS_CM_heartbeat_1"; },
             "region.heartbeat-taken",
             "region 1 (cn-lab)"},
        Case{"HeartbeatInUse",
             [](Facts& f) {
               f.metadb.heartbeat.tables = {"heart_beat", "heatbeat_sequence"};
               f.metadb.heartbeat.host_ips = {"192.0.2.11"};
             },
             "region.heartbeat-not-empty",
             "heartbeats of 192.0.2.11 of region 1 (cn-lab)"},
        Case{"HeartbeatDiffersInCase",
             [](Facts& f) { f.metadb.heartbeat.look_alikes = {"OMS_CM_HEARTBEAT_2"}; },
             "region.heartbeat-similar",
             "OMS_CM_HEARTBEAT_2"},
        Case{"HeartbeatMayNotBeCreated",
             [](Facts& f) { f.metadb.heartbeat.may_create = false; },
             "region.heartbeat-create",
             "may not create"},
        Case{"RowsOfAnEarlierAttempt",
             [](Facts& f) {
               f.metadb.view.groups.push_back({"9", "2"});
               f.metadb.view.hosts.push_back({"192.0.2.21", "OFFLINE", "9"});
             },
             "region.rows-left",
             R"(resource_group named "2" (id 9), a row of host for 192.0.2.21)"},
        Case{"OtherDatabase",
             [](Facts& f) { f.target_values["drc_rm_db"] = "other"; },
             "config.databases-differ",
             "drc_rm_db"},
        Case{"OtherMetadb",
             [](Facts& f) { f.target_values["oms_meta_host"] = "192.0.2.6"; },
             "region.metadb-differs",
             "192.0.2.6"},
        Case{"SharedDatabaseMissing",
             [](Facts& f) { f.metadb.databases.erase("oms_cm"); },
             "metadb.database-missing",
             "oms_cm"},
        Case{"NobodyToBeLike",
             [](Facts& f) {
               f.initial = "";
               f.passed_over = {"192.0.2.11: no route to host"};
             },
             "initial.none",
             "192.0.2.11: no route to host"},
        Case{"TimeSeriesDatabaseAway",
             [](Facts& f) {
               f.target.tsdb.service = "INFLUXDB";
               f.target.tsdb.url = "192.0.2.7:8086";
               f.nodes[1].tsdb_status = "000";
             },
             "tsdb.unreachable",
             "no answer"},
        Case{"NodeRunsOms",
             [](Facts& f) {
               f.nodes[0].containers = f.nodes[2].containers;
               f.nodes[0].containers[0].name = "other";
             },
             "node.runs-oms",
             "other"}),
    [](const testing::TestParamInfo<Case>& test) { return test.param.name; });

TEST(CheckRegion, ANodeOfTheRegionWhoseLocationIsTakenCanBeTheInitialNode) {
  Facts facts = sample_region_facts();
  facts.target.cm_location = 1;
  ASSERT_FALSE(facts.region_stands());
  EXPECT_EQ(facts.hosts_elsewhere(), (std::vector<std::string>{"192.0.2.11"}));
}

TEST(CheckRegion, ANodeThatCmNodesNamesIsNotTheInitialNode) {
  Facts facts = sample_region_facts();
  facts.target.cm_nodes.emplace_back("192.0.2.11");
  EXPECT_TRUE(facts.hosts_elsewhere().empty());
}

TEST(CheckRegion, DoesNotComplainOfTheInitialNodeWhenTheMetaDbNamesNone) {
  Facts facts = sample_region_facts();
  facts.initial = "";
  facts.metadb.view = {};
  const Findings findings = check_region(facts, {});
  EXPECT_EQ(find(findings, "initial.none"), nullptr);
  EXPECT_NE(find(findings, "region.no-deployment"), nullptr);
}

TEST(CheckRegion, LooksAtNoHeartbeatDatabaseAndNoRowOfARegionThatStands) {
  Facts facts = sample_region_facts();
  facts.metadb.view.regions.push_back(
      {"2", "cn-lab-2", "cn-lab-2", "http://192.0.2.200:8088", false});
  facts.metadb.heartbeat.tables = {"heart_beat"};
  ASSERT_TRUE(facts.region_stands());
  const Findings findings = check_region(facts, {});
  EXPECT_EQ(find(findings, "region.heartbeat-not-empty"), nullptr);
  const Finding* finding = find(findings, "region.exists");
  ASSERT_NE(finding, nullptr);
  EXPECT_NE(finding->evidence.find("not among them: 192.0.2.21, 192.0.2.22"), std::string::npos);
}

TEST(CheckRegion, ARegionThatStandsWithAllItsNodesIsFine) {
  Facts facts = sample_region_facts();
  facts.metadb.view.regions.push_back(
      {"2", "cn-lab-2", "cn-lab-2", "http://192.0.2.200:8088", false});
  for (facts::NodeFacts& node : facts.nodes)
    if (!node.elsewhere) {
      node.existing = true;
      node.containers = facts.nodes[2].containers;
      node.programs = facts.nodes[2].programs;
      node.config_text = facts.target_text;
      node.config_on_host = facts.target_text;
    }
  const Findings findings = check_region(facts, {});
  EXPECT_FALSE(has_errors(findings)) << describe(findings);
}

TEST(CheckRegion, OtherKeysThatDifferAreTold) {
  Facts facts = sample_region_facts();
  facts.target_values["cm_server_port"] = "9088";
  const Findings findings = check_region(facts, {});
  const Finding* finding = find(findings, "region.config-differs");
  ASSERT_NE(finding, nullptr);
  EXPECT_EQ(finding->severity, Severity::warning);
}

TEST(CheckRegion, ANodeAtItsOwnCmPortIsAPlaceForCmUrl) {
  Facts facts = sample_region_facts();
  facts.target.cm_nodes = {"192.0.2.21"};
  facts.target.cm_url = config::parse_cm_url(std::string("http://192.0.2.21:9088"));
  facts.target.ports.cm.number = 9088;
  EXPECT_EQ(find(check_region(facts, {}), "region.cm-url-port"), nullptr);
}

TEST(CheckRegion, ARegionThatRunsWithoutANameIsToldOf) {
  Facts facts = sample_region_facts();
  facts.metadb.view.regions[0].region = "";
  const Findings findings = check_region(facts, {});
  ASSERT_NE(find(findings, "region.other-nameless"), nullptr);
  EXPECT_FALSE(has_errors(findings)) << describe(findings);
}

TEST(CheckRegion, AnotherTimeSeriesDatabaseThanTheOtherRegionsIsToldOf) {
  Facts facts = sample_region_facts();
  facts.deployed_values["tsdb_url"] = "192.0.2.7:8086";
  facts.target_values["tsdb_url"] = "192.0.2.8:8086";
  EXPECT_NE(find(check_region(facts, {}), "region.config-differs"), nullptr);
  facts.deployed->tsdb.enabled = true;
  facts.target.tsdb.enabled = true;
  const Findings findings = check_region(facts, {});
  ASSERT_NE(find(findings, "region.tsdb-differs"), nullptr);
  EXPECT_EQ(find(findings, "region.config-differs"), nullptr);
}

}  // namespace
}  // namespace omsctl::checks
