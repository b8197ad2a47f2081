#include "omsctl/oms/init_job.hpp"

#include <filesystem>

#include <gtest/gtest.h>

#include "omsctl/base/files.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/remote/process.hpp"

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

/// The job's scripts on this machine: `docker exec … C sh -c X` becomes `sh -c X`, in a directory
/// of its own.
class JobScripts : public testing::Test {
 protected:
  JobScripts() {
    const std::string directory = temporary_.path().string() + "/job 'x'";
    place_ = {"c", directory, directory};
  }
  [[nodiscard]] remote::Result run(const std::string& script) const {
    // -d means: in the background, detached from our pipes.
    const std::string docker =
        "docker() { shift; detach=; while :; do case $1 in -d) detach=1; shift;; -w) shift 2;; *) "
        "break;; esac; done\n"
        "  shift; if [ -n \"$detach\" ]; then \"$@\" >/dev/null 2>&1 </dev/null & else \"$@\"; fi; "
        "}\n";
    return remote::run_process({.argv = {"/bin/sh", "-c", docker + script}});
  }
  [[nodiscard]] JobState look() const {
    const auto lines = base::lines_of(run(follow_job_script(place_, 0, 20)).out);
    return parse_job_state(lines.back()).value_or(JobState{});
  }

  base::TempDir temporary_;
  JobPlace place_;
};

TEST_F(JobScripts, AJobThatWasNeverStartedIsAbsent) {
  EXPECT_EQ(run(follow_job_script(place_, 0, 20)).out, "\nomsctl-job absent -1 0 0 0\n");
  EXPECT_EQ(look().kind, State::absent);
}

TEST_F(JobScripts, FollowsAJobToItsEndAndShowsWhatItPrinted) {
  std::filesystem::create_directory(place_.on_host);
  base::write_file(place_.on_host + "/output", "one\ntwo\n");
  base::write_file(place_.on_host + "/started", "10.5\n");
  base::write_file(place_.on_host + "/ended", "12.75\n");
  base::write_file(place_.on_host + "/rc", "3\n");
  const auto result = run(follow_job_script(place_, 4, 20));
  EXPECT_EQ(result.out, "two\n\nomsctl-job ended 3 0 0 2.25\n");
}

TEST_F(JobScripts, AJobWhoseProcessIsGoneWithoutAStatusHasDied) {
  std::filesystem::create_directory(place_.on_host);
  base::write_file(place_.on_host + "/output", "half\n");
  base::write_file(place_.on_host + "/pid", "1 1\n");  // pid 1 lives, but did not start at tick 1
  EXPECT_EQ(look().kind, State::died);
}

TEST_F(JobScripts, AJobWhoseStatusFoundNoRoomHasDied) {
  std::filesystem::create_directory(place_.on_host);
  base::write_file(place_.on_host + "/pid", "1 1\n");
  base::write_file(place_.on_host + "/rc", "");
  EXPECT_EQ(look().kind, State::died);
}

TEST_F(JobScripts, AJobThatFindsNoRoomForItsPidIsNotStartedAndCanBeLater) {
  const std::string no_room = "trap '' XFSZ; ulimit -f 0\n";  // as a full disk: files stay empty
  ASSERT_TRUE(run(no_room + start_job_script(place_) + "wait\n").ok());
  EXPECT_FALSE(std::filesystem::exists(place_.on_host));
}

TEST_F(JobScripts, TheSecondStartFindsTheDirectoryAndDoesNothing) {
  std::filesystem::create_directory(place_.on_host);
  ASSERT_TRUE(run(start_job_script(place_)).ok());
  EXPECT_FALSE(std::filesystem::exists(place_.on_host + "/pid"));
}

}  // namespace
}  // namespace omsctl::oms
