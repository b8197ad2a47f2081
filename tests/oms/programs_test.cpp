#include "omsctl/oms/programs.hpp"

#include <gtest/gtest.h>

#include "omsctl/remote/process.hpp"

namespace omsctl::oms {
namespace {

constexpr const char* status =
    "nginx                            RUNNING   pid 905, uptime 3 days, 5:40:09\n"
    "oms_console                      STOPPED   Nov 22 01:09 AM\n"
    "oms_drc_cm                       FATAL     Exited too quickly (process log may have details)\n"
    "unix:///var/run/supervisor.sock no such file\n";

TEST(ParsePrograms, ReadsStatesAndLeavesOutOtherLines) {
  const auto programs = parse_programs(status);
  ASSERT_EQ(programs.size(), 3U);
  EXPECT_EQ(programs[1].state, "STOPPED");
  EXPECT_EQ(running(programs), std::vector<std::string>{"nginx"});
}

/// Runs a script with a stand-in `docker` that prints `text` and exits with supervisor's own,
/// unreliable status.
remote::Result run_with(const std::string& text, const std::string& script) {
  return remote::run_process(
      {.argv = {"/bin/sh",
                "-c",
                "docker() { printf '%s' \"$TEXT\"; return 3; }\nTEXT=$1\n" + script,
                "sh",
                text}});
}

TEST(StatusScript, HoldsWhenSupervisorAnswersWhateverItsExitStatus) {
  EXPECT_TRUE(run_with(status, answers_script("c")).ok());
  EXPECT_FALSE(run_with("http://127.0.0.1:8084 refused connection\n", answers_script("c")).ok());
}

TEST(RunningScript, NamesTheProgramThatDoesNotRun) {
  EXPECT_TRUE(run_with(status, running_script("c", {"nginx"})).ok());
  const auto result = run_with(status, running_script("c", {"nginx", "oms_drc_cm", "absent"}));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(result.out.find("not RUNNING: oms_drc_cm"), std::string::npos);
  EXPECT_NE(result.out.find("FATAL"), std::string::npos);
  EXPECT_NE(result.out.find("not RUNNING: absent"), std::string::npos);
}

TEST(RunningScript, DoesNotTakeANameForAPattern) {
  EXPECT_FALSE(
      run_with("nginx_x   RUNNING   pid 1, uptime 0:00:01\n", running_script("c", {"nginx.x"}))
          .ok());
}

TEST(RunningScript, TakesNoNameForAPatternOrAWordOfTheShell) {
  for (const std::string& name : {std::string("a+b?(c)|d{2}"),
                                  std::string("x.*y[a-z]^$"),
                                  std::string("back\\slash\\n\\c"),
                                  std::string("$(exit 9)`exit 9`;'\"/&"),
                                  std::string("步骤")}) {
    const std::string line = name + "   RUNNING   pid 1, uptime 0:00:01\n";
    EXPECT_TRUE(run_with(line, running_script("c", {name})).ok()) << name;
    const auto other =
        run_with("oms   RUNNING   pid 1, uptime 0:00:01\n", running_script("c", {name}));
    EXPECT_EQ(other.exit_code, 1) << name;
    EXPECT_EQ(other.out, "not RUNNING: " + name + "\n");
  }
}

TEST(StatusScript, TakesOnlyTheSecondWordForAState) {
  const std::string lie = "error: the server is FATAL ly RUNNING away\n";
  EXPECT_FALSE(run_with(lie, answers_script("c")).ok());
  const std::string stopped = "a\tSTOPPED\tcan't find command 'RUNNING it'\n";
  EXPECT_TRUE(run_with(stopped, quiet_script("c", {1})).ok());
  EXPECT_FALSE(run_with("a\tRUNNING\tpid 1\n", quiet_script("c", {1})).ok());
}

TEST(QuietScript, HoldsOnlyWhenNothingRunsOrStops) {
  EXPECT_TRUE(run_with("a   STOPPED   x\nb   EXITED   y\n", quiet_script("c", {1})).ok());
  EXPECT_FALSE(run_with("a   STOPPING   \n", quiet_script("c", {1})).ok());
  EXPECT_FALSE(run_with(status, quiet_script("c", {1})).ok());
  EXPECT_FALSE(run_with("refused connection\n", quiet_script("c", {1})).ok());
}

}  // namespace
}  // namespace omsctl::oms
