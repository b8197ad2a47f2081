#include "omsctl/oms/programs.hpp"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace omsctl::oms
