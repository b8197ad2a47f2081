#include <sys/types.h>

#include <csignal>
#include <latch>
#include <optional>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "omsctl/base/files.hpp"
#include "omsctl/base/parallel.hpp"
#include "omsctl/remote/ssh_host.hpp"

#include "remote/ssh_server.hpp"
#include "remote/support.hpp"

namespace omsctl::remote {
namespace {

using namespace std::chrono_literals;
using testing::has_ended;
using ::testing::HasSubstr;
using testing::SshServer;

/// The control master's process. Not from the socket's credentials: those are of its parent, which
/// is gone.
pid_t master_of(const std::filesystem::path& control) {
  const Result result = run_process(
      {.argv = {"ssh", "-O", "check", "-o", "ControlPath=" + control.string(), "--", "node-a"}});
  const auto begin = result.err.find("(pid=");
  if (!result.ok() || begin == std::string::npos)
    return -1;
  return std::stoi(result.err.substr(begin + std::string_view("(pid=").size()));
}

class SshFailure : public ::testing::Test {
 protected:
  [[nodiscard]] pid_t master() const { return master_of(server_.directory() / "0.s"); }

  void kill_master() {
    const pid_t pid = master();
    ASSERT_GT(pid, 0);
    ASSERT_EQ(::kill(pid, SIGKILL), 0);
    ASSERT_TRUE(has_ended(pid));
  }

  Connection connect_to(const std::string& name) {
    return SshHost(name, server_.reach(), server_.directory(), 1).connect();
  }

  SshServer server_;
  SshHost host_{"node-a", server_.reach(), server_.directory(), 0};
};

/// sshd drops connections at random beyond MaxStartups: this one the first two.
TEST_F(SshFailure, ComesAgainWhenSshdDropsTheConnection) {
  const base::TempDir directory;
  const auto config = directory.path() / "config";
  ReachOptions reach = server_.reach();
  base::write_file(config,
                   fmt::format("Host node-a\n"
                               "  ProxyCommand bash -c 'mkdir {0}/a 2>/dev/null && exit; mkdir "
                               "{0}/b 2>/dev/null && exit; "
                               "exec 3<>/dev/tcp/127.0.0.1/%p; cat <&3 & cat >&3'\n"
                               "Host *\n"
                               "  Include {1}\n",
                               directory.path().string(),
                               reach.ssh_config));
  reach.ssh_config = config.string();
  const Connection connection = SshHost("node-a", reach, server_.directory(), 2).connect();
  EXPECT_TRUE(connection.reachable) << connection.reason;
  EXPECT_TRUE(std::filesystem::exists(directory.path() / "b"));
}

TEST_F(SshFailure, ReconnectsWhenTheMasterDiedBetweenTwoCommands) {
  EXPECT_TRUE(host_.run({.script = "true"}).ok());
  kill_master();
  EXPECT_TRUE(host_.run({.script = "true"}).ok());
}

TEST_F(SshFailure, IsUnknownWhenTheMasterDiesAfterTheHandOver) {
  std::string pid;
  const Result result =
      host_.run({.script = "echo $$; exec sleep 300", .on_output = [&](std::string_view text) {
                   pid += text;
                   kill_master();
                 }});
  EXPECT_EQ(result.ending, Ending::unknown) << describe(result);
  ASSERT_FALSE(pid.empty());
  ::kill(std::stoi(pid), SIGKILL);
}

TEST_F(SshFailure, IsUnknownWhenTheRemoteShellIsKilled) {
  const Result result =
      host_.run({.script = "read -r _ _ _ wrapper _ < /proc/$PPID/stat; kill -KILL $wrapper"});
  EXPECT_EQ(result.ending, Ending::unknown) << describe(result);
}

TEST_F(SshFailure, IsUnreachableWhenTheServerWentBeforeTheHandOver) {
  EXPECT_TRUE(host_.run({.script = "true"}).ok());
  server_.stop();
  kill_master();
  const Result result = host_.run({.script = "true"});
  EXPECT_EQ(result.ending, Ending::unreachable);
  EXPECT_THAT(result.err, HasSubstr("Connection refused"));
  EXPECT_EQ(host_.connect().failure, "unreachable");
}

TEST_F(SshFailure, TriesAgainAfterAFailedConnection) {
  const auto keys = server_.directory() / "authorized_keys";
  const std::string content = base::read_file(keys);
  base::write_file(keys, "");
  EXPECT_EQ(host_.connect().failure, "authentication");
  base::write_file(keys, content);
  EXPECT_TRUE(host_.connect().reachable);
}

TEST_F(SshFailure, RefusesAHostKeyNobodyHasSeen) {
  const Connection connection = connect_to("stranger");
  EXPECT_FALSE(connection.reachable);
  EXPECT_EQ(connection.failure, "host_key");
  EXPECT_THAT(connection.reason, HasSubstr("No ED25519 host key is known"));
  EXPECT_THAT(connection.hint, HasSubstr("compare the fingerprint"));
}

TEST_F(SshFailure, RefusesAHostKeyThatHasChanged) {
  const Connection connection = connect_to("impostor");
  EXPECT_EQ(connection.failure, "host_key");
  EXPECT_THAT(connection.reason, HasSubstr("has changed"));
  EXPECT_THAT(connection.hint, HasSubstr("why the key changed"));
}

TEST_F(SshFailure, SaysThatNoKeyFits) {
  const Connection connection = connect_to("keyless");
  EXPECT_EQ(connection.failure, "authentication");
  EXPECT_THAT(connection.reason, HasSubstr("Permission denied"));
}

TEST_F(SshFailure, SaysThatNobodyListens) {
  const Connection connection = connect_to("silent");
  EXPECT_EQ(connection.failure, "unreachable");
  EXPECT_THAT(connection.reason, HasSubstr("Connection refused"));
}

TEST_F(SshFailure, SaysWhichConfigurationFileIsMissing) {
  SshHost host("node-a", {.ssh_config = "/nonexistent/config"}, server_.directory(), 1);
  EXPECT_THAT(host.connect().reason, HasSubstr("/nonexistent/config"));
}

TEST_F(SshFailure, ExecutesNothingThatAHostNameSays) {
  const auto trace = server_.directory() / "trace";
  EXPECT_FALSE(connect_to("-oProxyCommand=touch " + trace.string()).reachable);
  EXPECT_FALSE(std::filesystem::exists(trace));
}

TEST_F(SshFailure, LeavesNoMasterBehind) {
  std::optional<SshHost> host;
  host.emplace("node-a", server_.reach(), server_.directory(), 1);
  EXPECT_TRUE(host->connect().reachable);
  const pid_t pid = master_of(server_.directory() / "1.s");
  ASSERT_GT(pid, 0);
  host.reset();
  EXPECT_TRUE(has_ended(pid));
}

TEST(SshSessions, AreAsManyAsTheServerAllows) {
  const SshServer server("MaxSessions 2");
  SshHost host("node-a", server.reach(), server.directory(), 0);
  ASSERT_TRUE(host.connect().privileged);
  constexpr std::size_t commands = 8;
  std::vector<Result> results(commands);
  std::latch start(commands);
  base::for_each_parallel(commands, commands, [&](std::size_t i) {
    start.arrive_and_wait();
    results[i] = host.run({.script = "sleep 0.2; echo done"});
  });
  for (const Result& result : results)
    EXPECT_EQ(result.out, "done\n") << describe(result) << result.err;
}

/// A server whose every login is user nobody, after the root commands in `first`.
std::string as_nobody(const std::string& first) {
  return "ForceCommand " + first +
         " exec setpriv --reuid=65534 --regid=65534 --clear-groups /bin/sh -c "
         "\"$SSH_ORIGINAL_COMMAND\"";
}

TEST(Privilege, IsMissingWhereSudoAsksForAPassword) {
  const SshServer server(as_nobody(""));
  SshHost host("node-a", server.reach(), server.directory(), 0);
  const Connection connection = host.connect();
  EXPECT_TRUE(connection.reachable);
  EXPECT_FALSE(connection.privileged);
  EXPECT_EQ(connection.failure, "sudo");
  EXPECT_EQ(connection.user, "nobody");
  EXPECT_THAT(connection.reason, HasSubstr("nobody is not root, and \"sudo -n\" says: sudo: "));
  EXPECT_THAT(connection.hint, HasSubstr("visudo"));
  EXPECT_EQ(host.run({.script = "true"}).ending, Ending::unreachable);
}

TEST(Privilege, IsGainedThroughSudo) {
  const base::TempDir rules;
  base::write_file(rules.path() / "nobody", "nobody ALL=(ALL) NOPASSWD: ALL\n", {0440});
  const std::string mount = "mount --bind " + rules.path().string() + " /etc/sudoers.d;";
  // In a mount namespace of its own: the machine's sudoers stay as they are.
  const SshServer server("ForceCommand exec unshare -m " + (rules.path() / "login").string());
  base::write_file(
      rules.path() / "login",
      "#!/bin/sh\n" + mount + as_nobody("").substr(std::string("ForceCommand ").size()),
      {0700});
  SshHost host("node-a", server.reach(), server.directory(), 0);
  const Connection connection = host.connect();
  EXPECT_TRUE(connection.privileged) << connection.reason;
  EXPECT_EQ(connection.user, "nobody");
  const Result result = host.run({.script = "id -u; printf %s \"$LC_ALL\"; exit 255"});
  EXPECT_EQ(result.out, "0\nC") << result.err;
  EXPECT_EQ(result.exit_code, 254);
  const Result late = host.run({.script = "echo $$; exec sleep 300", .deadline = 1s});
  EXPECT_EQ(late.ending, Ending::timed_out);
  EXPECT_TRUE(has_ended(std::stoi(late.out)));
}

TEST(Privilege, IsFoundThoughTheLoginShellTalks) {
  const SshServer server(
      "ForceCommand echo welcome; echo 1 2 3 4; /bin/sh -c \"$SSH_ORIGINAL_COMMAND\"");
  SshHost host("node-a", server.reach(), server.directory(), 0);
  EXPECT_TRUE(host.connect().privileged);
}

TEST(LoginShell, ThatTalksChangesNothingOfWhatAScriptPrints) {
  // The first greeting ends without a line end; the second looks like an answer of ours.
  for (const char* greeting :
       {"printf 'welcome, '", "echo omsctl-privilege 1 1 nobody; echo '{}'"}) {
    const SshServer server("ForceCommand " + std::string(greeting) +
                           "; /bin/sh -c \"$SSH_ORIGINAL_COMMAND\"");
    SshHost host("node-a", server.reach(), server.directory(), 0);
    EXPECT_EQ(host.connect().user, "root");
    EXPECT_EQ(host.run({.script = "printf 'a\\nb'"}).out, "a\nb");
    std::string streamed;
    const auto take = [&](std::string_view piece) { streamed += piece; };
    EXPECT_TRUE(host.run({.script = "printf 'a\\nb'", .on_output = take}).ok());
    EXPECT_EQ(streamed, "a\nb");
  }
}

TEST(Privilege, IsAskedOfALoginThatRunsNoCommands) {
  const SshServer server("ForceCommand echo This account is not available.; exit 1");
  SshHost host("node-a", server.reach(), server.directory(), 0);
  const Connection connection = host.connect();
  EXPECT_EQ(connection.failure, "authentication");
  EXPECT_THAT(connection.reason, HasSubstr("This account is not available."));
}

TEST(Privilege, CannotBeAskedWithoutACommandThatEachHandoverTakes) {
  const base::TempDir commands;
  base::write_file(commands.path() / "timeout",
                   "#!/bin/sh\necho \"env: 'timeout': No such file or directory\" >&2; exit 127\n",
                   {0700});
  const SshServer server("ForceCommand PATH=" + commands.path().string() +
                         ":$PATH /bin/sh -c \"$SSH_ORIGINAL_COMMAND\"");
  SshHost host("node-a", server.reach(), server.directory(), 0);
  const Connection connection = host.connect();
  EXPECT_FALSE(connection.reachable);
  EXPECT_EQ(connection.failure, "command");
  EXPECT_EQ(connection.reason, "env: 'timeout': No such file or directory");
}

}  // namespace
}  // namespace omsctl::remote
