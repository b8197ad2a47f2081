#include "omsctl/run/history.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "omsctl/run/journal.hpp"

namespace omsctl::run {
namespace {

using nlohmann::json;
using testing::ElementsAre;

json record(const char* what, const char* step = "") {
  return {{"event", what}, {"step", step}, {"at", "2026-11-22T15:11:00.123Z"}};
}

TEST(History, KnowsWhatWasBegunAndWhatIsDone) {
  const History history = history_of({record(event::run_started),
                                      record(event::step_started, "a"),
                                      record(event::step_done, "a"),
                                      record(event::step_started, "b"),
                                      record(event::step_failed, "b"),
                                      record(event::step_started, "b")});
  EXPECT_THAT(history.order, ElementsAre("a", "b"));
  EXPECT_THAT(history.done, ElementsAre("a"));
  EXPECT_TRUE(history.state.empty());
  EXPECT_FALSE(history.is_over());
}

TEST(History, OfARunThatWasTakenUpAgainHasNotEnded) {
  json ended = record(event::run_ended);
  ended["state"] = "stopped";
  std::vector<json> records{record(event::step_started, "a"), ended};
  EXPECT_EQ(history_of(records).state, "stopped");
  records.push_back(record(event::run_resumed));
  EXPECT_EQ(history_of(records).state, "");
}

TEST(History, KnowsAnOutageThatGoesOn) {
  std::vector<json> records{record(event::outage_began)};
  EXPECT_EQ(history_of(records).outage_began, "2026-11-22T15:11:00.123Z");
  records.push_back(record(event::outage_ended));
  EXPECT_EQ(history_of(records).outage_began, "");
}

TEST(History, OfARunThatWentBackByItselfIsOver) {
  json ended = record(event::run_ended);
  ended["state"] = rolled_back;
  ended["by_itself"] = true;
  std::vector<json> records{record(event::step_started, "a"), ended};
  EXPECT_TRUE(history_of(records).is_over());
  EXPECT_TRUE(history_of(records).by_itself);
  EXPECT_FALSE(history_of(records).complete);
  // A rollback that was asked for has removed the rest.
  ended.erase("by_itself");
  ended["complete"] = true;
  records.push_back(ended);
  EXPECT_FALSE(history_of(records).by_itself);
  EXPECT_TRUE(history_of(records).complete);
}

}  // namespace
}  // namespace omsctl::run
