#include <gtest/gtest.h>

#include "omsctl/plan/codec.hpp"
#include "omsctl/plan/describe.hpp"
#include "omsctl/runbook/scale_out.hpp"

#include "runbook/golden.hpp"
#include "support/sample_facts.hpp"

namespace omsctl::runbook {
namespace {

using tests::sample_region_facts;

Runbook book_for(const facts::Facts& facts) {
  return scale_out_region(facts, "20261122-151100-7f3a", "0.1.0");
}

std::vector<std::string> steps_of(const plan::Plan& plan, const std::string& stage) {
  std::vector<std::string> ids;
  for (const plan::Stage& one : plan.stages)
    for (const plan::Lane& lane : one.lanes)
      for (const plan::Step& step : lane.steps)
        if (one.id == stage)
          ids.push_back(step.id);
  return ids;
}

TEST(ScaleOutRegion, PlanReadsLikeTheGuide) {
  const plan::Plan plan = book_for(sample_region_facts()).plan;
  tests::expect_golden("scale-out-region.table.txt", plan::table(plan));
  tests::expect_golden("scale-out-region.commands.txt", plan::details(plan));
}

TEST(ScaleOutRegion, InitialisesOneNodeAfterTheOtherAndProvesEach) {
  const plan::Plan plan = book_for(sample_region_facts()).plan;
  EXPECT_EQ(steps_of(plan, "first"),
            (std::vector<std::string>{"run.192.0.2.21",
                                      "init.192.0.2.21",
                                      "prove.192.0.2.21",
                                      "region.192.0.2.21",
                                      "others.192.0.2.21"}));
  EXPECT_EQ(steps_of(plan, "join").front(), "run.192.0.2.22");
  EXPECT_EQ(steps_of(plan, "verify").back(), "others.end");
}

TEST(ScaleOutRegion, StopsNothingAndTouchesNoOtherRegion) {
  plan::Plan plan = book_for(sample_region_facts()).plan;
  plan.back.clear();  // puts the region's own rows back
  for (const plan::Stage& stage : plan.stages) {
    EXPECT_EQ(stage.outage, plan::Outage::no) << stage.id;
    for (const plan::Lane& lane : stage.lanes)
      for (const plan::Step& step : lane.steps)
        EXPECT_FALSE(plan::deletes_rows(step)) << step.id;
  }
  const std::string text = plan::details(plan);
  EXPECT_EQ(text.find("stop_programs"), std::string::npos);
  EXPECT_EQ(text.find("DELETE FROM"), std::string::npos);
}

TEST(ScaleOutRegion, OfAnImageThatInitialisesItselfRunsNoInit) {
  facts::Facts facts = sample_region_facts();
  facts.nodes.back().health.self_initialising = true;
  EXPECT_EQ(steps_of(book_for(facts).plan, "first"),
            (std::vector<std::string>{
                "run.192.0.2.21", "prove.192.0.2.21", "region.192.0.2.21", "others.192.0.2.21"}));
}

TEST(ScaleOutRegion, OfOneNodeHasNoSecondStage) {
  facts::Facts facts = sample_region_facts();
  facts.target.cm_nodes = {"192.0.2.21"};
  EXPECT_TRUE(steps_of(book_for(facts).plan, "join").empty());
}

TEST(ScaleOutRegion, MountsTheNodesOwnCertificatesAndCopiesNone) {
  facts::Facts facts = sample_region_facts();
  facts.paths->https_crt = "/tls/crt";
  facts.paths->https_key = "/tls/key";
  EXPECT_NE(plan::details(book_for(facts).plan).find("certificates.192.0.2.21"), std::string::npos)
      << "without the operator's word they are the initial node's, copied";
  facts.choices.https_crt = "/tls/crt";
  facts.choices.https_key = "/tls/key";
  const Runbook book = book_for(facts);
  const std::string text = plan::details(book.plan);
  EXPECT_EQ(text.find("certificates.192.0.2.21"), std::string::npos);
  EXPECT_FALSE(book.artifacts.contains("https.key"));
  EXPECT_NE(text.find("-v /tls/key:/etc/pki/nginx/oms_server.key"), std::string::npos) << text;
  EXPECT_EQ(text.find("rm -f -- /tls"), std::string::npos);
}

TEST(ScaleOutRegion, PlanSurvivesItsFile) {
  const plan::Plan plan = book_for(sample_region_facts()).plan;
  EXPECT_EQ(plan::decode(plan::encode(plan)), plan);
}

TEST(ScaleOutRegion, HasNothingToDoWhereItStands) {
  facts::Facts facts = sample_region_facts();
  EXPECT_FALSE(nothing_to_do(facts));
  facts.metadb.view.regions.push_back(
      {"2", "cn-lab-2", "cn-lab-2", "http://192.0.2.200:8088", false});
  EXPECT_FALSE(nothing_to_do(facts));
  for (facts::NodeFacts& node : facts.nodes)
    node.existing = !node.elsewhere;
  EXPECT_FALSE(nothing_to_do(facts)) << "their config.yaml has not been read";
  for (facts::NodeFacts& node : facts.nodes)
    node.config_text = facts.target_text;
  EXPECT_TRUE(nothing_to_do(facts));
}

}  // namespace
}  // namespace omsctl::runbook
