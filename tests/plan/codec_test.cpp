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
  expect_refused("\"format\": 2", "\"format\": 1");
  expect_refused("\"id\": \"stop.h\"", "\"id\": \"stop.h\", \"only_if\": \"x\"");
}

}  // namespace
}  // namespace omsctl::plan
