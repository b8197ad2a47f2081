#include "omsctl/remote/ssh_host.hpp"

#include <gtest/gtest.h>

#include "remote/ssh_server.hpp"
#include "remote/support.hpp"

namespace omsctl::remote {
namespace {

using namespace std::chrono_literals;
using testing::SshServer;

class SshHostTest : public ::testing::Test {
 protected:
  SshServer server_;
  SshHost host_{"node-a", server_.reach(), server_.directory(), 0};
};

TEST_F(SshHostTest, RunsAScriptAndGivesBackWhatItSaid) {
  const Result result = host_.run({.script = "echo out; echo err >&2; exit 3"});
  EXPECT_EQ(result.ending, Ending::exited);
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_EQ(result.out, "out\n");
  EXPECT_EQ(result.err, "err\n");
}

}  // namespace
}  // namespace omsctl::remote
