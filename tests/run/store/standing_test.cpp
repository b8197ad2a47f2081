#include "omsctl/run/store/standing.hpp"

#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "omsctl/run/store/journal.hpp"

namespace omsctl::run {
namespace {

using nlohmann::json;
using plan::Outage;
using testing::ElementsAreArray;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* id = "20261122-151100-7f3a";
constexpr const char* another = "20270101-000000-beef";
constexpr const char* here = "laptop";

plan::Step step(const std::string& name, std::vector<plan::Action> apply = {plan::Command{}}) {
  plan::Step made;
  made.id = name;
  made.apply = std::move(apply);
  return made;
}

/// Prepares h2, stops h1, deletes, initialises h1 and proves it, joins h2, looks at the end.
plan::Plan small_plan() {
  plan::Plan plan;
  plan.run = id;
  plan.command = "scale-out node";
  plan::Step clear = step("clear", {plan::DeleteRows{}});
  clear.decisive = true;
  const auto stage = [&](const char* name, Outage outage, plan::Step of_it) {
    plan.stages.push_back({name, name, outage, {{{std::move(of_it)}}}});
  };
  stage("prepare", Outage::no, step("put.h2"));
  stage("stop", Outage::begins, step("stop.h1"));
  stage("clear", Outage::inside, clear);
  stage("init", Outage::inside, step("init.h1", {plan::AwaitJob{}}));
  stage("prove", Outage::ends, step("prove.h1", {plan::Await{}}));
  stage("join", Outage::no, step("init.h2", {plan::AwaitJob{}}));
  stage("verify", Outage::no, step("verify", {plan::Await{}}));
  return plan;
}

json started(const char* name) {
  return {{"event", event::step_started}, {"step", name}};
}
json done(const char* name) {
  return {{"event", event::step_done}, {"step", name}};
}
json failed(const char* name, bool may_live = false) {
  return {{"event", event::step_failed},
          {"step", name},
          {"reason", "it broke"},
          {"may_live", may_live}};
}
json ended(const char* state) {
  return {{"event", event::run_ended}, {"state", state}};
}
/// The end of a run that undid its changes without being asked.
json undone(bool complete) {
  json end = ended(end_state::rolled_back);
  end["by_itself"] = true;
  end["complete"] = complete;
  return end;
}
const json begun{{"event", event::run_started}, {"deployment", "db:3306/rm"}};
const json outage{{"event", event::outage_began}, {"at", "2026-11-22T15:11:00.123Z"}};
const json outage_over{{"event", event::outage_ended}};

/// Of a run on this machine whose journal says this.
Evidence run_of(const std::vector<json>& records, const std::vector<json>& back = {}) {
  return {.run = id,
          .directory = std::string("/state/runs/") + id,
          .plan = small_plan(),
          .forward = history_of(records),
          .back = history_of(back)};
}

/// Stopped after the delete, programs stopped.
std::vector<json> cleared() {
  return {begun,
          started("put.h2"),
          done("put.h2"),
          outage,
          started("stop.h1"),
          done("stop.h1"),
          started("clear"),
          done("clear")};
}

std::vector<json> cleared_and(std::vector<json> more) {
  std::vector<json> all = cleared();
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

metadb::LeaseRecord lease_of(const std::string& run, const std::string& host, bool expired) {
  metadb::LeaseRecord lease;
  lease.run = run;
  lease.holder = "ada";
  lease.host = host;
  lease.command = "scale-out node";
  lease.expired = expired;
  lease.changed = true;
  return lease;
}

Evidence asked(Evidence evidence, std::optional<metadb::LeaseRecord> lease) {
  evidence.held = HeldBy{std::move(lease), here};
  return evidence;
}

Evidence not_here(metadb::LeaseRecord lease) {
  const std::string run = lease.run;
  return asked({.run = run}, std::move(lease));
}

Evidence with(Evidence evidence, bool Evidence::*flag) {
  evidence.*flag = true;
  return evidence;
}

Evidence with(Evidence evidence, std::string Evidence::*text, const char* value) {
  evidence.*text = value;
  return evidence;
}

struct Case {
  const char* name;
  Evidence evidence;
  Where where;
  std::vector<Way> open;
  const char* reason;
  const char* next;
};

class StandingOfEvidence : public testing::TestWithParam<Case> {};

TEST_P(StandingOfEvidence, IsThisOneAndOpensTheseWays) {
  const Case& expected = GetParam();
  const Standing standing = standing_of(expected.evidence);
  EXPECT_EQ(name(standing.where), name(expected.where));
  EXPECT_THAT(standing.open, ElementsAreArray(expected.open));
  EXPECT_THAT(standing.says(), StartsWith("run " + expected.evidence.run + " "));
  EXPECT_THAT(standing.reason, HasSubstr(expected.reason));
  EXPECT_THAT(standing.next, HasSubstr(expected.next));
}

std::vector<Case> journals() {
  using W = Way;
  std::vector<json> stopped = cleared();
  stopped.resize(6);
  const auto then = [](std::vector<json> records, const json& last) {
    records.push_back(last);
    return records;
  };
  const std::vector<json> back{begun, started("back.rows")};
  return {
      {"NoRecord",
       run_of({}),
       Where::never_begun,
       {W::again, W::resume},
       "did nothing",
       "scale-out node"},
      {"Begun", run_of({begun}), Where::never_begun, {W::again, W::resume}, "did nothing", "again"},
      {"KilledInPreparation",
       run_of({begun, started("put.h2")}),
       Where::midway,
       {W::resume, W::rollback},
       "stopped midway",
       "omsctl rollback"},
      {"KilledAfterTheDelete",
       run_of(cleared()),
       Where::midway,
       {W::resume, W::rollback},
       "OMS IS DOWN",
       "go on: omsctl resume 20261122-151100-7f3a --state-dir /state   or go back: omsctl "
       "rollback"},
      {"StoppedInTheProof",
       run_of(cleared_and({started("init.h1"),
                           done("init.h1"),
                           started("prove.h1"),
                           failed("prove.h1"),
                           ended("stopped")})),
       Where::midway,
       {W::resume, W::rollback},
       "OMS IS NOT PROVEN",
       "go on: "},
      {"KilledInInit",
       run_of(cleared_and({started("init.h1")})),
       Where::init_unknown,
       {W::resume, W::rollback},
       "docker_init.sh may still run; OMS IS DOWN",
       "go on: "},
      {"InitNotFollowedToItsEnd",
       run_of(cleared_and({started("init.h1"), failed("init.h1", true), ended("stopped")})),
       Where::init_unknown,
       {W::resume, W::rollback},
       "may still run",
       "go on: "},
      {"InitFailed",
       run_of(cleared_and({started("init.h1"), failed("init.h1"), ended("stopped")})),
       Where::midway,
       {W::resume, W::rollback},
       "stopped midway; OMS",
       "go on: "},
      {"UndidItsChanges",
       run_of(then(stopped, undone(true))),
       Where::taken_back,
       {W::again},
       "already undid its changes: nothing was deleted",
       "fix the cause, then run the same command again: omsctl scale-out node"},
      {"UndidItsChangesIntoTheJournalOfTheWayBack",
       run_of(then(cleared(), undone(true)), then(back, ended("done"))),
       Where::taken_back,
       {W::again},
       "already undid its changes: nothing was deleted",
       "fix the cause"},
      {"UndidItsChangesButForSome",
       run_of(then(stopped, undone(false))),
       Where::taken_back,
       {W::rollback, W::again},
       "but left something behind",
       "remove the rest: omsctl rollback"},
      {"UndidItsChangesButForSomeIntoTheJournalOfTheWayBack",
       run_of(then(cleared(), undone(false)), then(back, ended("incomplete"))),
       Where::taken_back,
       {W::rollback, W::again},
       "but left something behind",
       "remove the rest: omsctl rollback"},
      {"KilledOnTheWayBackFromPreparationWithAnothersClaimMeanwhile",
       asked(run_of({begun, started("put.h2")}, back), std::nullopt),
       Where::going_back,
       {W::rollback},
       "on its way back",
       "finish that: omsctl rollback"},
      {"KilledOnTheWayBack",
       run_of(then(cleared(), ended("stopped")), back),
       Where::going_back,
       {W::rollback},
       "on its way back; OMS IS DOWN",
       "finish that: omsctl rollback"},
      {"RolledBack",
       run_of(then(cleared(), ended("rolled back")), then(back, ended("done"))),
       Where::rolled_back,
       {W::again},
       "was rolled back",
       "omsctl scale-out node"},
      {"RolledBackWithAJournalThatCouldNotBeClosed",
       run_of(then(cleared(), ended("stopped")), then(back, ended("done"))),
       Where::rolled_back,
       {W::again},
       "was rolled back",
       "omsctl scale-out node"},
      {"RolledBackButForSome",
       run_of(then(cleared(), ended("rolled back")), then(back, ended("incomplete"))),
       Where::rollback_incomplete,
       {W::rollback},
       "left something behind",
       "remove the rest: omsctl rollback"},
      {"Done",
       run_of(then(cleared(), ended("done"))),
       Where::done,
       {W::rollback},
       "is done",
       "to undo it"},
      {"DoneButForOptionalSteps",
       run_of(then(cleared(), ended("incomplete"))),
       Where::done_but_optional,
       {W::resume, W::rollback},
       "is done, but",
       "go on: "},
      {"DoneButUnproven",
       run_of(cleared_and({outage_over, ended("unverified")})),
       Where::done_but_unproven,
       {W::resume, W::rollback},
       "not as it should be",
       "go on: "},
  };
}

std::vector<Case> locks() {
  using W = Way;
  metadb::LeaseRecord clean = lease_of(another, "elsewhere", true);
  clean.changed = false;
  metadb::LeaseRecord back = lease_of(another, "elsewhere", true);
  back.command = plan::rollback_command;
  metadb::LeaseRecord restore = lease_of(another, here, false);
  restore.command = "metadb restore last";
  const std::vector<json> on_its_way{begun, started("back.rows")};
  return {
      {"AnotherProcessHere",
       with(run_of(cleared()), &Evidence::at_work),
       Where::running_here,
       {W::wait, W::attach},
       "is at work",
       "watch it: omsctl attach"},
      {"TheClaimOfAnotherMachineIsRenewed",
       asked(run_of(cleared()), lease_of(id, "elsewhere", false)),
       Where::running_elsewhere,
       {W::wait},
       "is at work on elsewhere",
       "omsctl runs"},
      {"FetchedHereWhileItsProcessMayLive",
       asked(with(run_of(cleared()), &Evidence::fetched), lease_of(id, here, false)),
       Where::running_elsewhere,
       {W::wait},
       "is at work on laptop",
       "wait for it"},
      {"ARestoreAtWork",
       not_here(restore),
       Where::running_elsewhere,
       {W::wait},
       "is at work",
       "one transaction"},
      {"ItsProcessHereIsGone",
       asked(run_of(cleared()), lease_of(id, here, false)),
       Where::midway,
       {W::resume, W::rollback, W::lock_break},
       "stopped midway",
       "omsctl lock break 20261122-151100-7f3a"},
      {"NobodyHoldsTheDeployment",
       asked(run_of(cleared()), std::nullopt),
       Where::claim_lost,
       {W::by_hand},
       "has lost its claim on db:3306/rm: it was broken",
       "docs/recovery.md"},
      {"AnotherRunThatDiedCleanHoldsTheDeployment",
       asked(run_of(cleared()), clean),
       Where::claim_lost,
       {W::by_hand},
       "run 20270101-000000-beef (scale-out node) of ada on elsewhere has taken",
       "docs/recovery.md"},
      {"AnotherHoldsItOnTheWayBack",
       asked(run_of(cleared(), on_its_way), lease_of(another, "elsewhere", false)),
       Where::claim_lost,
       {W::by_hand},
       "has lost its claim",
       "docs/recovery.md"},
      {"NothingWasChangedSoThereIsNoClaimToLose",
       asked(run_of({begun, started("put.h2")}), std::nullopt),
       Where::midway,
       {W::resume, W::rollback},
       "stopped midway",
       "go on: "},
      {"ARunThatIsDoneHasGivenItsClaimBack",
       asked(run_of({begun, started("put.h2"), started("clear"), ended("done")}), clean),
       Where::done,
       {W::rollback},
       "is done",
       "to undo it"},
      {"MidwayElsewhere",
       not_here(lease_of(another, "elsewhere", true)),
       Where::midway,
       {W::resume, W::rollback, W::lock_break},
       "stopped midway",
       "on elsewhere: go on: omsctl resume 20270101-000000-beef   or go back: omsctl rollback "},
      {"GoingBackElsewhere",
       not_here(back),
       Where::going_back,
       {W::rollback, W::lock_break},
       "on its way back",
       "finish that: omsctl rollback 20270101-000000-beef   or, when"},
      {"DiedCleanElsewhere",
       not_here(clean),
       Where::never_begun,
       {W::again},
       "died before it changed",
       "run what you wanted to run"},
      {"Damaged",
       with(run_of(cleared()), &Evidence::damage, "plan.json is not as it was written"),
       Where::damaged,
       {W::by_hand},
       "is damaged: plan.json",
       "omsctl resume 20261122-151100-7f3a --state-dir /state --from HOST"},
      {"FetchedInPart",
       with(with(run_of({}), &Evidence::fetched_in_part),
            &Evidence::damage,
            "its second copy was not fetched to its end"),
       Where::damaged,
       {W::by_hand},
       "was not fetched to its end",
       "with --from HOST"},
      {"OfAnotherVersion",
       with(run_of({}), &Evidence::made_by, "0.1.0"),
       Where::another_version,
       {W::by_hand},
       "was made by omsctl 0.1.0, and this is omsctl ",
       "finish it with omsctl 0.1.0; or by hand: docs/recovery.md"},
  };
}

std::vector<Case> all_cases() {
  std::vector<Case> all = journals();
  for (Case& one : locks())
    all.push_back(std::move(one));
  return all;
}

INSTANTIATE_TEST_SUITE_P(Journals,
                         StandingOfEvidence,
                         testing::ValuesIn(journals()),
                         [](const auto& one) { return one.param.name; });
INSTANTIATE_TEST_SUITE_P(Locks,
                         StandingOfEvidence,
                         testing::ValuesIn(locks()),
                         [](const auto& one) { return one.param.name; });

TEST(Standing, EveryOneIsReachedHasANameOfItsOwnAndAWayOn) {
  std::set<Where> reached;
  std::set<std::string_view> names;
  for (const Case& one : all_cases()) {
    const Standing standing = standing_of(one.evidence);
    reached.insert(standing.where);
    names.insert(name(standing.where));
    EXPECT_FALSE(standing.open.empty()) << one.name;
    EXPECT_FALSE(standing.next.empty()) << one.name;
    EXPECT_FALSE(standing.reason.empty()) << one.name;
  }
  EXPECT_EQ(reached.size(), static_cast<std::size_t>(Where::another_version) + 1);
  EXPECT_EQ(names.size(), reached.size());
}

TEST(Standing, AWayThatIsNamedIsOpen) {
  for (const Case& one : all_cases()) {
    const Standing standing = standing_of(one.evidence);
    if (standing.where == Where::damaged)
      continue;  // what it names needs the second copy
    EXPECT_EQ(standing.next.find("omsctl resume") != std::string::npos,
              standing.opens(Way::resume) && standing.where != Where::never_begun)
        << one.name;
    EXPECT_EQ(standing.next.find("omsctl rollback") != std::string::npos,
              standing.opens(Way::rollback))
        << one.name;
    EXPECT_EQ(standing.next.find("lock break") != std::string::npos,
              standing.opens(Way::lock_break))
        << one.name;
  }
}

TEST(Standing, SaysThatOmsIsDownWhereProgramsWereStoppedAndNotStartedAgain) {
  EXPECT_TRUE(standing_of(run_of(cleared())).oms_down);
  EXPECT_FALSE(standing_of(run_of({begun, started("put.h2")})).oms_down);
  EXPECT_FALSE(standing_of(run_of(cleared_and({outage_over}))).oms_down);
  const std::vector<json> back{begun, started("back.rows")};
  EXPECT_TRUE(standing_of(run_of(cleared(), back)).oms_down);
  EXPECT_FALSE(standing_of(run_of(cleared(), {begun, started("back.rows"), outage_over})).oms_down);
  EXPECT_TRUE(standing_of(asked(run_of(cleared()), std::nullopt)).oms_down) << "whoever holds it";
}

TEST(Standing, ARefusalSaysThatNothingWasChangedAndHasTheCodeOfItsCause) {
  const auto code = [](const Evidence& evidence) {
    const base::Error error = refusal(standing_of(evidence));
    EXPECT_THAT(error.what(), HasSubstr("nothing was changed by this command"));
    EXPECT_EQ(error.hint(), standing_of(evidence).next);
    return error.code();
  };
  EXPECT_EQ(code(run_of({begun, undone(true)})), base::Code::refused);
  EXPECT_EQ(code(asked(run_of(cleared()), std::nullopt)), base::Code::locked);
  EXPECT_EQ(code(with(run_of({}), &Evidence::at_work)), base::Code::locked);
  EXPECT_EQ(code(with(run_of({}), &Evidence::damage, "x")), base::Code::storage);
  EXPECT_EQ(code(with(run_of({}), &Evidence::made_by, "0.1.0")), base::Code::refused);
}

}  // namespace
}  // namespace omsctl::run
