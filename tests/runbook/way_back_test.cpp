#include <set>

#include <gtest/gtest.h>

#include "omsctl/base/text.hpp"
#include "omsctl/docker/image_archive.hpp"
#include "omsctl/plan/codec.hpp"
#include "omsctl/plan/describe.hpp"
#include "omsctl/runbook/scale_out.hpp"

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

/// Those of the golden files, and what an option changes.
std::vector<Plan> all_kinds() {
  Facts with_archive = sample_facts(vip_cm_url);
  with_archive.choices.image_archive = "/srv/oms.tar.gz";
  with_archive.archive =
      docker::ImageArchive{"", "", std::string(64, 'a'), 3ULL << 30U, {*with_archive.image}};
  Facts reloading = sample_facts(vip_cm_url);
  reloading.choices.reload_existing = true;
  Facts self_initialising = sample_facts(physical_cm_url);
  self_initialising.nodes[0].health.self_initialising = true;
  std::vector<Plan> plans{scale_out_region(sample_region_facts(), run, "0.1.0").plan};
  for (const Facts& facts : {sample_facts(physical_cm_url),
                             sample_facts(vip_cm_url),
                             with_archive,
                             reloading,
                             self_initialising})
    plans.push_back(scale_out_node(facts, run, "0.1.0").plan);
  return plans;
}

/// The steps of the way back that the plan's text shows below the steps in `begun`.
std::set<std::string> printed_below(const Plan& plan, const std::set<std::string>& begun) {
  const std::string undone = "    undone by ";
  std::set<std::string> back;
  std::string step;
  for (const std::string& line : base::lines_of(plan::details(plan))) {
    if (line.starts_with("--- "))
      step = base::split(line, ' ').at(1);
    else if (line.starts_with(undone) && begun.contains(step))
      back.insert(base::split(line.substr(undone.size()), ' ').front());
  }
  return back;
}

/// The steps of a way back that take something back.
std::set<std::string> without_guards(const std::vector<plan::Stage>& stages) {
  std::set<std::string> ids;
  for (const plan::Step* step : plan::steps_of(stages))
    if (!step->takes_back.empty())
      ids.insert(step->id);
  return ids;
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
            (std::vector<std::string>{"start", "remove", "forget"}));
}

TEST(WayBack, EndsTheOutageWithTheLastStageWithinIt) {
  for (const auto& [last, ends] : {std::pair("stop.192.0.2.11", "start"),
                                   std::pair("save", "start"),
                                   std::pair("clear", "prove"),
                                   std::pair("verify.region", "prove")})
    for (const plan::Stage& stage : back_after(physical(), last).stages)
      EXPECT_EQ(stage.outage == plan::Outage::ends, stage.id == ends) << last << ": " << stage.id;
}

TEST(WayBack, EveryStepSaysHowItIsUndoneOrWhyNot) {
  for (const Plan& plan : all_kinds())
    for (const plan::Step* step : plan::steps_of(plan.stages)) {
      const bool said = !plan::undone_by(plan, step->id).empty() || !step->not_undone.empty();
      EXPECT_EQ(said, !plan::only_asks(*step)) << plan.command << ": " << step->id;
    }
}

TEST(WayBack, NamesStepsOfTheWayForwardAndGuardsTakeBackNone) {
  for (const Plan& plan : all_kinds()) {
    const std::set<std::string> forward = ids_of(plan.stages);
    for (const plan::Step* step : plan::steps_of(plan.back)) {
      EXPECT_NE(step->takes_back.empty(), step->needed_by.empty()) << step->id;
      EXPECT_TRUE(step->not_undone.empty()) << step->id;
      for (const auto& ids : {step->takes_back, step->needed_by})
        for (const std::string& id : ids)
          EXPECT_TRUE(forward.contains(id)) << plan.command << ": " << step->id << ": " << id;
    }
  }
}

TEST(WayBack, WhatIsPrintedBelowTheStepsIsAllOfItButItsGuards) {
  for (const Plan& plan : all_kinds())
    EXPECT_EQ(printed_below(plan, ids_of(plan.stages)), without_guards(plan.back)) << plan.command;
}

TEST(WayBack, WhatIsPrintedBelowTheBegunStepsIsWhatRuns) {
  for (const Plan& plan : all_kinds()) {
    std::set<std::string> begun;
    EXPECT_TRUE(plan::rollback_of(plan, begun).stages.empty());
    for (const plan::Step* step : plan::steps_of(plan.stages)) {
      begun.insert(step->id);
      EXPECT_EQ(printed_below(plan, begun), without_guards(plan::rollback_of(plan, begun).stages))
          << plan.command << ", up to " << step->id;
    }
  }
}

TEST(WayBack, TheTableShowsTheTitlesOfTheStepsThatTakeAStepBack) {
  for (const Plan& plan : all_kinds()) {
    const std::string table = plan::table(plan);
    for (const plan::Step* step : plan::steps_of(plan.stages))
      for (const plan::Step* back : plan::undone_by(plan, step->id)) {
        const std::size_t at = table.find(" " + step->title + "\n");
        ASSERT_NE(at, std::string::npos) << step->id;
        const std::size_t undone = table.find("undone by: ", at);
        EXPECT_NE(table.substr(undone, table.find('\n', undone) - undone).find(back->title),
                  std::string::npos)
            << step->id << ": " << back->id;
      }
  }
}

TEST(WayBack, AGuardIsPrintedOnceAndRunsOnlyForWhatWasBegun) {
  for (const Plan& plan : all_kinds()) {
    const std::string text = plan::details(plan);
    for (const plan::Step* step : plan::steps_of(plan.back)) {
      if (step->needed_by.empty())
        continue;
      const std::size_t at = text.find(step->id + "  ");
      ASSERT_NE(at, std::string::npos) << step->id;
      EXPECT_EQ(text.find(step->id + "  ", at + 1), std::string::npos) << step->id;
      std::set<std::string> others = ids_of(plan.stages);
      for (const std::string& id : step->needed_by)
        others.erase(id);
      EXPECT_FALSE(ids_of(plan::rollback_of(plan, others).stages).contains(step->id)) << step->id;
      for (const std::string& id : step->needed_by)
        EXPECT_TRUE(ids_of(plan::rollback_of(plan, {id}).stages).contains(step->id)) << step->id;
    }
  }
}

/// Neither the MetaDB nor a look at one stands in the way of a run that stops before the delete.
TEST(WayBack, BeforeTheDeleteStartsProgramsFirstAndAsksNobody) {
  const Plan back = back_after(physical(), "copy-rows");
  ASSERT_FALSE(back.stages.empty());
  EXPECT_EQ(back.stages.front().id, "start");
  for (const plan::Stage& stage : back.stages)
    for (const plan::Lane& lane : stage.lanes)
      for (const plan::Step& step : lane.steps) {
        EXPECT_FALSE(plan::only_asks(step)) << step.id;
        EXPECT_NE(step.where, plan::at_metadb) << step.id;
        EXPECT_EQ(step.optional, stage.id != "start") << step.id;
      }
}

TEST(WayBack, ByHandIsWhatIsNotDoneAndDoesSomething) {
  const Plan back = back_of_all(physical());
  std::set<std::string> done = ids_of(back.stages);
  EXPECT_TRUE(plan::by_hand(back, done).empty());
  done.erase("back.start.192.0.2.11");
  done.erase("back.prove.192.0.2.11");
  EXPECT_EQ(
      plan::by_hand(back, done),
      (std::vector<std::string>{"# 192.0.2.11: start the programs that were RUNNING",
                                "on 192.0.2.11:",
                                "  start_programs oms_421 /tmp/omsctl-20261122-151100-7f3a.room "
                                "'<the RUNNING ones of artifacts/192.0.2.11.programs>'"}));
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
