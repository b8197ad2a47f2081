#include "omsctl/oms/init_job.hpp"

#include <gtest/gtest.h>

namespace omsctl::oms {
namespace {

using State = JobState::Kind;
using Kind = Verdict::Kind;

TEST(EndLine, IsKnownInAllThreeForms) {
  EXPECT_TRUE(is_end_line("# 【结束】全部初始化步骤执行成功"));
  EXPECT_TRUE(is_end_line("# [Completed] All initialization steps are executed."));
  EXPECT_TRUE(is_end_line("[End] All initialization steps completed successfully"));
  EXPECT_FALSE(is_end_line("# 【步骤五】初始化 OMS 资源标签和资源组"));
}

TEST(StepHeading, IsFoundInBothLanguages) {
  EXPECT_EQ(step_heading("# 【步骤一】校验 config.yaml 配置文件"),
            "【步骤一】校验 config.yaml 配置文件");
  EXPECT_EQ(step_heading("# [Step 2] Create the OMS MetaDB."), "[Step 2] Create the OMS MetaDB.");
  EXPECT_EQ(step_heading("python -m omsflow"), std::nullopt);
}

TEST(ParseJobState, ReadsTheLastLineOfALook) {
  const auto state = parse_job_state("omsctl-job ended 0 1 1 2.5");
  ASSERT_TRUE(state);
  EXPECT_EQ(state->kind, State::ended);
  EXPECT_TRUE(state->marker_before && state->marker_now);
  EXPECT_DOUBLE_EQ(state->seconds, 2.5);
  EXPECT_FALSE(parse_job_state("omsctl-job nonsense 0 1 1 0"));
  EXPECT_FALSE(parse_job_state("ended 0 1 1 0"));
}

constexpr const char* good = "# 【结束】全部初始化步骤执行成功\n";

TEST(Judge, DoneNeedsStatusEndLineAndMarker) {
  EXPECT_EQ(judge({State::ended, 0, true, true, 1}, good).kind, Kind::done);
  EXPECT_EQ(judge({State::ended, 0, false, false, 1}, good).kind, Kind::done);
  EXPECT_EQ(judge({State::ended, 0, true, false, 1}, good).kind, Kind::failed);
  EXPECT_EQ(judge({State::ended, 0, true, true, 1}, "bye\n").kind, Kind::unconfirmed);
  EXPECT_EQ(judge({State::ended, 1, true, true, 1}, good).kind, Kind::failed);
  EXPECT_EQ(judge({State::died, -1, true, true, 1}, good).kind, Kind::failed);
  EXPECT_EQ(judge({State::running, -1, true, true, 1}, good).kind, Kind::failed);
}

}  // namespace
}  // namespace omsctl::oms
