#include "omsctl/plan/codec.hpp"

#include <gtest/gtest.h>

#include "omsctl/base/error.hpp"

namespace omsctl::plan {
namespace {

Plan small_plan() {
  Command command;
  command.host = "h";
  command.calls = {{"stop_programs", {"c"}}, {"remove_files", {"a", "\n$(b)"}}};
  Step step;
  step.id = "stop.h";
  step.apply = {command};
  Stage stage;
  stage.lanes = {Lane{{step}}};
  Plan plan;
  plan.stages = {stage};
  return plan;
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  return text.replace(text.find(what), what.size(), by);
}

TEST(SavedPlan, IsReadAsItWasWritten) {
  EXPECT_EQ(decode(encode(small_plan())), small_plan());
}

TEST(SavedPlan, IsRefusedWhenSomethingElseWouldRun) {
  const std::string text = encode(small_plan());
  const auto expect_refused = [&](const std::string& what, const std::string& by) {
    ASSERT_NE(text.find(what), std::string::npos) << what;
    try {
      (void)decode(replaced(text, what, by));
      FAIL() << by;
    } catch (const base::Error& error) {
      EXPECT_EQ(error.code(), base::Code::storage) << error.what();
    }
  };
  expect_refused("\"deadline\": 60", "\"deadline\": 4294967356");
  expect_refused("\"deadline\": 60", "\"deadline\": 60.5");
  expect_refused("\"deadline\": 60", "\"deadline\": true");
  expect_refused("\"interruption\": \"allowed\"", "\"interruption\": \"nevr\"");
  expect_refused("\"outage\": \"no\"", "\"outage\": \"ever\"");
  expect_refused("\"script\": \"stop_programs\"", "\"script\": \"reboot\"");
  expect_refused("\"script\": \"stop_programs\"", "\"script\": \"run_job\"");
  expect_refused("\"c\"", "\"c\\u0000\"");
  expect_refused("\"format\": 2", "\"format\": 1");
  expect_refused("\"id\": \"stop.h\"", "\"id\": \"stop.h\", \"only_if\": \"x\"");
}

TEST(SavedPlan, OfAnotherFormatIsRefusedWithTheVersionThatWroteIt) {
  Plan plan = small_plan();
  plan.format = 1;
  plan.omsctl_version = "0.1.0";
  plan.run = "20261122-151100-7f3a";
  const std::string text = encode(plan);
  try {
    (void)decode(text);
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), base::Code::storage);
    EXPECT_STREQ(error.what(),
                 "the plan has format 1, written by omsctl 0.1.0; this omsctl knows format 2");
  }
  const Head head = head_of(text);
  EXPECT_EQ(head.format, 1);
  EXPECT_EQ(head.omsctl_version, "0.1.0");
  EXPECT_EQ(head.run, "20261122-151100-7f3a");
  EXPECT_THROW((void)head_of("{}"), base::Error);
}

}  // namespace
}  // namespace omsctl::plan
