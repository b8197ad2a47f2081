#include "omsctl/remote/ssh_client.hpp"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace omsctl::remote {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

SshTarget target() {
  return {.host = "10.0.0.2",
          .reach = {.ssh_config = "/home/me/ssh_config", .user = "oms", .port = 2222},
          .control = "/run/user/0/omsctl-x/3.s"};
}

/// The words from `word` to the end.
Argv tail_from(const Argv& argv, const std::string& word) {
  return {std::find(argv.begin(), argv.end(), word), argv.end()};
}

TEST(SshSession, HandsOverOneStringAfterTheHost) {
  const Argv argv = session_argv(target(), "true; false", "/tmp/r1");
  EXPECT_EQ(tail_from(argv, "--"), (Argv{"--", "10.0.0.2", "true; false"}));
}

TEST(SshSession, NeverConnectsByItself) {
  const std::string words = command_line(session_argv(target(), "true", "/tmp/r1"));
  EXPECT_THAT(words, HasSubstr("-o ControlMaster=no -o 'ProxyCommand=touch /tmp/r1'"));
}

TEST(SshSession, HasNoTerminal) {
  const Argv argv = session_argv(target(), "true", "/tmp/r1");
  EXPECT_EQ(std::count(argv.begin(), argv.end(), "-T"), 1);
  EXPECT_EQ(std::count(argv.begin(), argv.end(), "-t"), 0);
}

TEST(SshMasterCommand, PutsTheSafetyOptionsFirstAndTheHostLast) {
  EXPECT_EQ(
      command_line(master_argv(target())),
      "ssh -F /home/me/ssh_config -o BatchMode=yes -o StrictHostKeyChecking=yes -o "
      "ConnectTimeout=10 -o ServerAliveInterval=15 -o ServerAliveCountMax=4 -o "
      "StreamLocalBindUnlink=yes -o StreamLocalBindMask=0177 -o ForwardAgent=no -o ForwardX11=no "
      "-o PermitLocalCommand=no -o RemoteCommand=none -o LogLevel=ERROR -o "
      "ControlPath=/run/user/0/omsctl-x/3.s -l oms -p 2222 -o ControlMaster=yes -o "
      "ControlPersist=60 -o ClearAllForwardings=yes -N -f -T -- 10.0.0.2");
}

TEST(SshForward, PutsAnIpv6AddressIntoBrackets) {
  EXPECT_THAT(command_line(forward_argv(target(), "/tmp/f", "fd00::7", 2881)),
              HasSubstr("-O forward -L '/tmp/f:[fd00::7]:2881' -- 10.0.0.2"));
}

TEST(SshDiagnosis, KnowsAHostKeyNobodyHasSeen) {
  const Connection connection = diagnose(
      target(),
      "No ED25519 host key is known for 10.0.0.2 and you have requested strict checking.\r\n"
      "Host key verification failed.\r\n");
  EXPECT_EQ(connection.failure, "host_key");
  EXPECT_EQ(connection.reason,
            "No ED25519 host key is known for 10.0.0.2 and you have requested strict checking.");
  EXPECT_THAT(connection.hint, HasSubstr("\"ssh -F /home/me/ssh_config -l oms -p 2222 10.0.0.2\""));
  EXPECT_THAT(connection.hint, HasSubstr("compare the fingerprint"));
  EXPECT_THAT(connection.hint, Not(HasSubstr("StrictHostKeyChecking")));
}

TEST(SshDiagnosis, AsksWhyAHostKeyHasChanged) {
  const Connection connection =
      diagnose(target(),
               "@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\r\n"
               "Offending ED25519 key in /home/me/.ssh/known_hosts:7\r\n"
               "Host key for 10.0.0.2 has changed and you have requested strict checking.\r\n"
               "Host key verification failed.\r\n");
  EXPECT_EQ(connection.failure, "host_key");
  EXPECT_THAT(connection.reason, HasSubstr("/home/me/.ssh/known_hosts:7"));
  EXPECT_THAT(connection.hint, HasSubstr("why the key changed"));
}

TEST(SshDiagnosis, KnowsARefusedLogin) {
  const Connection connection =
      diagnose(target(), "oms@10.0.0.2: Permission denied (publickey,password).\r\n");
  EXPECT_EQ(connection.failure, "authentication");
  EXPECT_EQ(connection.reason, "oms@10.0.0.2: Permission denied (publickey,password).");
  EXPECT_THAT(connection.hint, HasSubstr("ssh-copy-id"));
}

TEST(SshDiagnosis, CallsEverythingElseUnreachable) {
  const Connection connection =
      diagnose(target(), "ssh: connect to host 10.0.0.2 port 22: No route to host\r\n");
  EXPECT_EQ(connection.failure, "unreachable");
  EXPECT_THAT(connection.hint, HasSubstr("ssh -v -F /home/me/ssh_config"));
  EXPECT_EQ(diagnose(target(), "").reason, "ssh ended without a message");
}

TEST(SshDiagnosis, ShowsNoControlCharactersOfTheServer) {
  EXPECT_EQ(diagnose(target(), "\x1b[2Jhello").reason, "\\x1b[2Jhello");
}

TEST(SafeName, IsAHostAddressOrAlias) {
  for (const char* name : {"10.0.0.2", "fe80::1%eth0", "node-a.example.com", "oms_1", "me@node"})
    EXPECT_TRUE(is_safe_name(name)) << name;
}

TEST(SafeName, IsNothingAShellOrAnSshClientWouldReadOtherwise) {
  for (const char* name : {"",
                           "-oProxyCommand=touch x",
                           "-",
                           "a b",
                           "a\tb",
                           "a;b",
                           "$(a)",
                           "`a`",
                           "a|b",
                           "a/b",
                           "a'b",
                           "a\"b",
                           "a\\b",
                           "a*",
                           "a\nb",
                           "\xc3\xa4"})
    EXPECT_FALSE(is_safe_name(name)) << name;
}

}  // namespace
}  // namespace omsctl::remote
