#include "omsctl/checks/rules.hpp"

#include <gtest/gtest.h>

#include "omsctl/config/address.hpp"

#include "checks/find.hpp"
#include "support/sample_facts.hpp"

namespace omsctl::checks {
namespace {

using facts::Facts;
using tests::physical_cm_url;
using tests::sample_facts;
using tests::vip_cm_url;

TEST(CheckNode, RefusesNothingOnAHealthyDeployment) {
  for (const char* cm_url : {physical_cm_url, vip_cm_url}) {
    const Findings findings = check_node(sample_facts(cm_url), {});
    EXPECT_FALSE(has_errors(findings)) << describe(findings);
  }
}

TEST(CheckNode, WantsTheDeploymentsOwnSpellingOfCmUrl) {
  Facts facts = sample_facts(vip_cm_url);
  facts.target.cm_url = config::parse_cm_url(std::string("HTTP://192.0.2.100:8088/"));
  ASSERT_TRUE(facts.keeps_cm_url());
  const Findings findings = check_node(facts, {});
  const Finding* finding = find(findings, "config.cm-url-spelling");
  ASSERT_NE(finding, nullptr);
}

TEST(CheckNode, ProofsDemandTheStatusThatAHealthyNodeHas) {
  Facts facts = sample_facts(vip_cm_url);
  facts.metadb.view.hosts[0].status = "Online";
  EXPECT_EQ(find(check_node(facts, {}), "node.not-online"), nullptr);
  EXPECT_EQ(facts.online_status(), "Online");
}

TEST(CheckNode, TellsAllProblemsAtOnce) {
  Facts facts = sample_facts(physical_cm_url);
  facts.metadb.ha_enabled = true;
  facts.nodes[1].listening = {8089};
  facts.nodes[2].docker_problem = "missing";
  const Findings findings = check_node(facts, {});
  for (const char* id : {"ha.enabled", "ports.taken", "docker.missing"})
    EXPECT_NE(find(findings, id), nullptr) << id;
}

TEST(CheckNode, ComparesAddressesAndNotTheirSpelling) {
  Facts facts = sample_facts(physical_cm_url);
  facts.nodes[1].address = "2001:DB8:0::12";
  facts.nodes[1].own_addresses = {"::1", "2001:db8::12"};
  EXPECT_EQ(find(check_node(facts, {}), "node.foreign-address"), nullptr);
}

TEST(CheckNode, ASkippedCheckBecomesAWarning) {
  Facts facts = sample_facts(physical_cm_url);
  facts.metadb.ha_enabled = true;
  const Findings findings = check_node(facts, {"ha.enabled"});
  EXPECT_FALSE(has_errors(findings));
  EXPECT_EQ(find(findings, "ha.enabled")->severity, Severity::warning);
}

TEST(CheckNode, WhatAPlanCannotDoWithoutIsNotSkipped) {
  Facts facts = sample_facts(physical_cm_url);
  facts.nodes[1].docker_problem = "missing";
  EXPECT_TRUE(has_errors(check_node(facts, {"docker.missing"})));
}

TEST(CheckNode, HaDoesNotMatterWhenNoProgramStops) {
  Facts facts = sample_facts(vip_cm_url);
  facts.metadb.ha_enabled = true;
  EXPECT_EQ(find(check_node(facts, {}), "ha.enabled"), nullptr);
}

TEST(DescribeFindings, ShowsHostileTextSafely) {
  const std::string text = describe({{"x.y", Severity::error, "h\x1b[2J", "a\nb", "fix `it`"}});
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_NE(text.find("a\\nb"), std::string::npos);
}

}  // namespace
}  // namespace omsctl::checks
