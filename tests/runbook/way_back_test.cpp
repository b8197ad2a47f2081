#include <set>

#include <gtest/gtest.h>

#include "omsctl/base/lists.hpp"
#include "omsctl/plan/codec.hpp"
#include "omsctl/plan/describe.hpp"
#include "omsctl/runbook/runbook.hpp"

#include "runbook/golden.hpp"
#include "support/sample_facts.hpp"

namespace omsctl::runbook {
namespace {

using facts::Facts;
using plan::Plan;
using tests::expect_golden;
using tests::physical_cm_url;
using tests::sample_facts;
using tests::sample_region_facts;
using tests::vip_cm_url;

constexpr const char* run = "20261122-151100-7f3a";

std::set<std::string> ids_of(const std::vector<plan::Stage>& stages) {
  std::set<std::string> ids;
  for (const plan::Step* step : plan::steps_of(stages))
    ids.insert(step->id);
  return ids;
}

std::vector<std::string> stages_of(const Plan& plan) {
  std::vector<std::string> ids;
  for (const plan::Stage& stage : plan.stages)
    ids.push_back(stage.id);
  return ids;
}

/// The way back when everything up to `last` was begun.
Plan back_after(const Plan& plan, const std::string& last) {
  std::set<std::string> begun;
  for (const plan::Step* step : plan::steps_of(plan.stages)) {
    begun.insert(step->id);
    if (step->id == last)
      break;
  }
  return plan::rollback_of(plan, begun);
}

Plan back_of_all(const Plan& plan) {
  return plan::rollback_of(plan, ids_of(plan.stages));
}

Plan physical() {
  return scale_out_node(sample_facts(physical_cm_url), run, "0.1.0").plan;
}

std::vector<Plan> all_kinds() {
  return {physical(),
          scale_out_node(sample_facts(vip_cm_url), run, "0.1.0").plan,
          scale_out_region(sample_region_facts(), run, "0.1.0").plan};
}

TEST(WayBack, ReadsLikeTheGuideBackwards) {
  const Plan back = back_of_all(physical());
  expect_golden("rollback-physical.table.txt", plan::table(back));
  expect_golden("rollback-physical.commands.txt", plan::details(back));
}

TEST(WayBack, OfANodeBehindTheVipReadsLikeTheGuideBackwards) {
  const Plan back = back_of_all(scale_out_node(sample_facts(vip_cm_url), run, "0.1.0").plan);
  expect_golden("rollback-vip.table.txt", plan::table(back));
}

TEST(WayBack, OfARegionReadsLikeTheGuideBackwards) {
  const Plan back = back_of_all(scale_out_region(sample_region_facts(), run, "0.1.0").plan);
  expect_golden("rollback-region.table.txt", plan::table(back));
}

TEST(WayBack, StartsTheServiceBeforeAnythingIsRemoved) {
  EXPECT_EQ(stages_of(back_of_all(physical())),
            (std::vector<std::string>{"over",
                                      "look",
                                      "stop-new",
                                      "stop",
                                      "rows",
                                      "config",
                                      "start",
                                      "prove",
                                      "remove",
                                      "forget"}));
}

TEST(WayBack, TakesBackWhatWasBegunAndNoMore) {
  const Plan plan = physical();
  EXPECT_EQ(stages_of(back_after(plan, "copies.192.0.2.11")), (std::vector<std::string>{"remove"}));
  EXPECT_EQ(stages_of(back_after(plan, "stop.192.0.2.11")),
            (std::vector<std::string>{"start", "prove", "remove", "forget"}));
}

TEST(WayBack, KnowsEveryStepThatChangesSomething) {
  for (const Plan& plan : all_kinds()) {
    const std::set<std::string> forward = ids_of(plan.stages);
    std::set<std::string> taken_back;
    for (const plan::Step* step : plan::steps_of(plan.back)) {
      EXPECT_FALSE(step->takes_back.empty()) << step->id;
      for (const std::string& id : step->takes_back) {
        // The way back is one for all kinds: --reload-existing may not have been given.
        const bool of_some_kinds =
            id.starts_with("reload.") || id.starts_with("stop.") || id.starts_with("init.");
        EXPECT_TRUE(of_some_kinds || forward.contains(id)) << plan.command << ": " << id;
        taken_back.insert(id);
      }
    }
    for (const plan::Step* step : plan::steps_of(plan.stages)) {
      const bool changes = step->decisive || !step->undo.actions.empty();
      EXPECT_TRUE(!changes || taken_back.contains(step->id)) << plan.command << ": " << step->id;
    }
  }
}

TEST(WayBack, OnlyWhatComesAfterTheProofMayFail) {
  for (const Plan& plan : all_kinds())
    for (const plan::Stage& stage : plan.back)
      for (const plan::Lane& lane : stage.lanes)
        for (const plan::Step& step : lane.steps)
          EXPECT_EQ(step.optional,
                    stage.id == "remove" || stage.id == "forget" || stage.id == "stop-new")
              << step.id;
}

TEST(WayBack, SurvivesItsFile) {
  const Plan back = back_of_all(physical());
  EXPECT_EQ(plan::decode(plan::encode(back)), back);
}

TEST(WayBack, StopsAndSavesAnewUntilTheRowsAreDeleted) {
  const Plan plan = physical();
  for (const plan::Stage& stage : plan.stages)
    for (const plan::Lane& lane : stage.lanes)
      for (const plan::Step& step : lane.steps) {
        const bool anew = stage.id == "stop" || stage.id == "quiet" || step.id == "save" ||
                          step.id == "copy-rows";
        EXPECT_EQ(step.until, anew ? "clear" : "") << step.id;
      }
}

}  // namespace
}  // namespace omsctl::runbook
