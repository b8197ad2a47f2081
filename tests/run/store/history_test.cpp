#include "omsctl/run/store/history.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "omsctl/run/store/journal.hpp"

namespace omsctl::run {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;

json record(const char* what, const char* step = "") {
  return {{"event", what}, {"step", step}, {"at", "2026-11-22T15:11:00.123Z"}};
}

json ended(const char* state) {
  json made = record(event::run_ended);
  made["state"] = state;
  return made;
}

TEST(History, KnowsWhatWasBegunAndWhatIsDone) {
  const History history = history_of({record(event::run_started),
                                      record(event::step_started, "a"),
                                      record(event::step_done, "a"),
                                      record(event::step_started, "b"),
                                      record(event::step_failed, "b"),
                                      record(event::step_started, "b")});
  EXPECT_THAT(history.begun, ElementsAre("a", "b"));
  EXPECT_THAT(history.done, ElementsAre("a"));
  EXPECT_THAT(history.failed, IsEmpty()) << "b was begun once more";
  EXPECT_EQ(history.state, "");
}

TEST(History, AStepWhoseJobMayLiveHasNotFailed) {
  json lost = record(event::step_failed, "b");
  lost["may_live"] = true;
  const History history = history_of({record(event::step_started, "a"),
                                      record(event::step_failed, "a"),
                                      record(event::step_started, "b"),
                                      lost});
  EXPECT_THAT(history.failed, ElementsAre("a"));
}

TEST(History, TellsWhichRunItIsAndHowFarItCame) {
  json started = record(event::run_started);
  started["run"] = "r";
  started["command"] = "scale-out node";
  started["deployment"] = "db:3306/rm";
  json failed = record(event::step_failed, "clear");
  failed["reason"] = "it broke";
  const History history = history_of({started, record(event::step_started, "clear"), failed});
  EXPECT_EQ(history.run, "r");
  EXPECT_EQ(history.command, "scale-out node");
  EXPECT_EQ(history.deployment, "db:3306/rm");
  EXPECT_EQ(history.started, "2026-11-22T15:11:00.123Z");
  EXPECT_EQ(history.step, "clear");
  EXPECT_EQ(history.reason, "it broke");
  EXPECT_EQ(history.ended, "");
}

TEST(History, OfARunThatWasTakenUpAgainHasNotEnded) {
  std::vector<json> records{record(event::step_started, "a"), ended("stopped")};
  EXPECT_EQ(history_of(records).state, "stopped");
  EXPECT_NE(history_of(records).ended, "");
  records.push_back(record(event::run_resumed));
  EXPECT_EQ(history_of(records).state, "");
  EXPECT_EQ(history_of(records).ended, "");
}

TEST(History, KnowsAnOutageThatGoesOn) {
  std::vector<json> records{record(event::outage_began)};
  EXPECT_EQ(history_of(records).outage_began, "2026-11-22T15:11:00.123Z");
  records.push_back(record(event::outage_ended));
  EXPECT_EQ(history_of(records).outage_began, "");
  EXPECT_TRUE(history_of(records).outage_over);
}

TEST(History, OfARunThatUndidItsChangesByItselfIsRolledBack) {
  json end = ended(end_state::rolled_back);
  end["by_itself"] = true;
  std::vector<json> records{record(event::step_started, "a"), end};
  EXPECT_TRUE(history_of(records).by_itself);
  EXPECT_FALSE(history_of(records).complete);
  // A rollback that was asked for has removed the rest.
  end.erase("by_itself");
  end["complete"] = true;
  records.push_back(end);
  EXPECT_FALSE(history_of(records).by_itself);
  EXPECT_TRUE(history_of(records).complete);
}

TEST(History, OfAWayBackThatLeftSomethingBehindStaysSoUntilThatIsGone) {
  std::vector<json> records{record(event::step_started, "a"), ended(end_state::incomplete)};
  records.push_back(record(event::run_resumed));
  EXPECT_EQ(history_of(records).state, end_state::incomplete);
  records.push_back(ended("interrupted"));
  EXPECT_EQ(history_of(records).state, end_state::incomplete);
  records.push_back(ended(end_state::done));
  EXPECT_EQ(history_of(records).state, end_state::done);
}

}  // namespace
}  // namespace omsctl::run
