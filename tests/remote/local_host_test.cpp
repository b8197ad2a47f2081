#include "omsctl/remote/local_host.hpp"

#include <gtest/gtest.h>

#include "omsctl/base/error.hpp"
#include "omsctl/remote/fleet.hpp"

#include "remote/support.hpp"

namespace omsctl::remote {
namespace {

using namespace std::chrono_literals;
using testing::has_ended;

TEST(LocalHost, RunsAScriptAsRootHere) {
  LocalHost host("localhost");
  EXPECT_TRUE(host.connect().privileged) << host.connect().reason;
  const Result result = host.run({.script = "id -u; echo err >&2; exit 3", .input = "unused"});
  EXPECT_EQ(result.ending, Ending::exited);
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_EQ(result.out, "0\n");
  EXPECT_EQ(result.err, "err\n");
}

TEST(LocalHost, GivesExitCodesAsASshHostDoes) {
  LocalHost host("localhost");
  EXPECT_EQ(host.run({.script = "exit 255"}).exit_code, 254);
  EXPECT_EQ(host.run({.script = "kill -TERM $$"}).exit_code, 143);
  EXPECT_EQ(host.run({.script = "exit 124"}).ending, Ending::exited);
}

TEST(LocalHost, EndsAScriptAtItsDeadline) {
  LocalHost host("localhost");
  const Result result = host.run({.script = "echo $$; exec sleep 300", .deadline = 1s});
  EXPECT_EQ(result.ending, Ending::timed_out);
  EXPECT_TRUE(has_ended(std::stoi(result.out)));
}

TEST(LocalHost, EndsAScriptWhenStopped) {
  LocalHost host("localhost");
  const testing::Stopped stopped = testing::stop_a_running_script(host);
  EXPECT_EQ(stopped.result.ending, Ending::cancelled);
  EXPECT_TRUE(has_ended(std::stoi(stopped.pid)));
}

TEST(ThisMachine, IsKnownByItsLoopbackAndInterfaceAddresses) {
  for (const char* name : {"localhost", "127.0.0.1", "::1", "0:0:0:0:0:0:0:1"})
    EXPECT_TRUE(is_this_machine(name)) << name;
  for (const char* name : {"192.0.2.1", "2001:db8::1", "node-a", "", "127.0.0.1 "})
    EXPECT_FALSE(is_this_machine(name)) << name;
}

TEST(Fleet, ServesThisMachineWithoutSsh) {
  Fleet fleet(ReachOptions{.ssh_config = "/nonexistent"});
  EXPECT_EQ(fleet.at("127.0.0.1").run({.script = "echo here"}).out, "here\n");
}

TEST(Fleet, GivesTheSameHostForTheSameName) {
  Fleet fleet({});
  EXPECT_EQ(&fleet.at("192.0.2.1"), &fleet.at("192.0.2.1"));
  EXPECT_NE(&fleet.at("192.0.2.1"), &fleet.at("192.0.2.2"));
  EXPECT_EQ(fleet.at("192.0.2.1").name(), "192.0.2.1");
}

TEST(Fleet, RefusesANameThatSshWouldTakeForAnOption) {
  Fleet fleet({});
  for (const char* name : {"-oProxyCommand=touch /tmp/x", "", "a b", "a;b"}) {
    try {
      (void)fleet.at(name);
      ADD_FAILURE() << name;
    } catch (const base::Error& error) {
      EXPECT_EQ(error.code(), base::Code::usage);
    }
  }
  EXPECT_THROW(Fleet(ReachOptions{.user = "-l"}), base::Error);
}

}  // namespace
}  // namespace omsctl::remote
