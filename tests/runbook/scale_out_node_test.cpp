#include <gtest/gtest.h>

#include "omsctl/base/files.hpp"
#include "omsctl/docker/image_archive.hpp"
#include "omsctl/plan/codec.hpp"
#include "omsctl/plan/describe.hpp"
#include "omsctl/runbook/scale_out.hpp"

#include "runbook/golden.hpp"
#include "support/sample_facts.hpp"

namespace omsctl::runbook {
namespace {

using facts::Facts;
using tests::expect_golden;
using tests::physical_cm_url;
using tests::sample_facts;
using tests::vip_cm_url;

Runbook book_for(const Facts& facts) {
  return scale_out_node(facts, "20261122-151100-7f3a", "0.1.0");
}

std::vector<std::string> stages_of(const plan::Plan& plan) {
  std::vector<std::string> ids;
  for (const plan::Stage& stage : plan.stages)
    ids.push_back(stage.id);
  return ids;
}

TEST(ScaleOutNode, StopsAndClearsWhenTheCmUrlChanges) {
  EXPECT_EQ(stages_of(book_for(sample_facts(physical_cm_url)).plan),
            (std::vector<std::string>{"prepare",
                                      "back-up",
                                      "record",
                                      "stop",
                                      "quiet",
                                      "clear",
                                      "re-configure",
                                      "initialise",
                                      "prove",
                                      "start",
                                      "join",
                                      "verify"}));
}

TEST(ScaleOutNode, StopsNothingWhenTheCmUrlStays) {
  EXPECT_EQ(
      stages_of(book_for(sample_facts(vip_cm_url)).plan),
      (std::vector<std::string>{"prepare", "back-up", "start", "join", "re-configure", "verify"}));
}

TEST(ScaleOutNode, PhysicalPlanReadsLikeTheGuide) {
  const plan::Plan plan = book_for(sample_facts(physical_cm_url)).plan;
  expect_golden("scale-out-node-physical.table.txt", plan::table(plan));
  expect_golden("scale-out-node-physical.commands.txt", plan::details(plan));
}

TEST(ScaleOutNode, VipPlanReadsLikeTheGuide) {
  const plan::Plan plan = book_for(sample_facts(vip_cm_url)).plan;
  expect_golden("scale-out-node-vip.table.txt", plan::table(plan));
  expect_golden("scale-out-node-vip.commands.txt", plan::details(plan));
}

Facts with_archive() {
  Facts facts = sample_facts(vip_cm_url);
  facts.choices.image_archive = "/srv/oms.tar.gz";
  facts.archive = docker::ImageArchive{"", "", std::string(64, 'a'), 3ULL << 30U, {*facts.image}};
  return facts;
}

TEST(ScaleOutNode, AnImageArchiveReadsLikeTheGuide) {
  plan::Plan plan = book_for(with_archive()).plan;
  plan.stages.resize(1);
  expect_golden("scale-out-node-archive.prepare.txt", plan::table(plan) + plan::details(plan));
}

TEST(ScaleOutNode, ThePlanHoldsNoPassword) {
  const plan::Plan plan = book_for(sample_facts(physical_cm_url)).plan;
  EXPECT_EQ(plan::encode(plan).find("sample-canary"), std::string::npos);
  EXPECT_EQ(plan::details(plan).find("sample-canary"), std::string::npos);
}

TEST(ScaleOutNode, ThePlanSurvivesItsFile) {
  for (const char* cm_url : {physical_cm_url, vip_cm_url}) {
    const plan::Plan plan = book_for(sample_facts(cm_url)).plan;
    EXPECT_EQ(plan::decode(plan::encode(plan)), plan);
  }
  const plan::Plan plan = book_for(with_archive()).plan;
  EXPECT_EQ(plan::decode(plan::encode(plan)), plan);
}

TEST(ScaleOutNode, EveryStepSaysWhatItDoesAndWhereTheGuideAsksForIt) {
  const plan::Plan plan = book_for(sample_facts(physical_cm_url)).plan;
  for (const auto& stages : {plan.stages, plan.back})
    for (const plan::Step* step : plan::steps_of(stages)) {
      EXPECT_FALSE(step->source.empty()) << step->id;
      EXPECT_FALSE(step->apply.empty()) << step->id;
    }
}

TEST(ScaleOutNode, WhatIsLeftOnAHostOrInATableNeverStandsForTheProofOfAStep) {
  // The edit ends with a look through the container, the delete compares with the snapshot: a file
  // with the right content, or a table without the rows, may be somebody else's doing.
  for (const char* cm_url : {physical_cm_url, vip_cm_url}) {
    const plan::Plan plan = book_for(sample_facts(cm_url)).plan;
    for (const plan::Step* step : plan::steps_of(plan.stages)) {
      const bool proves_itself = step->id.starts_with("edit.") || step->id == "clear";
      EXPECT_TRUE(!proves_itself || step->ensures.empty()) << step->id;
    }
  }
}

TEST(ScaleOutNode, DockerInitRunsOncePerNode) {
  std::map<std::string, int> jobs;
  for (const auto& stage : book_for(sample_facts(physical_cm_url)).plan.stages)
    for (const auto& lane : stage.lanes)
      for (const auto& step : lane.steps)
        for (const auto& action : step.apply)
          if (const auto* job = std::get_if<plan::AwaitJob>(&action))
            ++jobs[job->host];
  EXPECT_EQ(jobs,
            (std::map<std::string, int>{{"192.0.2.11", 1}, {"192.0.2.12", 1}, {"192.0.2.13", 1}}));
}

TEST(ScaleOutNode, ASelfInitialisingImageIsNotInitialisedASecondTime) {
  Facts facts = sample_facts(vip_cm_url);
  facts.nodes[0].health.self_initialising = true;
  for (const auto& stage : book_for(facts).plan.stages)
    for (const auto& lane : stage.lanes)
      for (const auto& step : lane.steps)
        EXPECT_FALSE(step.id.starts_with("init.")) << step.id;
}

TEST(ScaleOutNode, ExpectsOnlyWhatTheInitialNodeShows) {
  Facts facts = sample_facts(physical_cm_url);
  facts.nodes[0].health.answers = false;
  const plan::Plan plan = book_for(facts).plan;
  EXPECT_EQ(plan::details(plan).find("says healthy"), std::string::npos);
}

TEST(NothingToDo, HoldsOnceEveryNodeHasJoinedWithAnEqualConfig) {
  Facts facts = sample_facts(vip_cm_url);
  EXPECT_FALSE(nothing_to_do(facts));
  for (facts::NodeFacts& node : facts.nodes) {
    node.existing = true;
    node.config_text = facts.target_text;
  }
  EXPECT_TRUE(nothing_to_do(facts));
}

TEST(NothingToDo, DoesNotHoldWhileAConfigDiffers) {
  Facts facts = sample_facts(vip_cm_url);
  for (facts::NodeFacts& node : facts.nodes) {
    node.existing = true;
    node.config_text = facts.target_text;
  }
  facts.nodes[0].config_text = sample_facts(physical_cm_url).nodes[0].config_text;
  EXPECT_FALSE(nothing_to_do(facts));
}

}  // namespace
}  // namespace omsctl::runbook
