#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <csignal>
#include <latch>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "omsctl/base/parallel.hpp"
#include "omsctl/remote/ssh_host.hpp"

#include "remote/ssh_server.hpp"
#include "remote/support.hpp"

namespace omsctl::remote {
namespace {

using namespace std::chrono_literals;
using testing::has_ended;
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

TEST_F(SshHostTest, TellsWhoWeAreThere) {
  const Connection connection = host_.connect();
  EXPECT_TRUE(connection.reachable);
  EXPECT_TRUE(connection.privileged) << connection.reason;
  EXPECT_EQ(connection.user, "root");
  EXPECT_EQ(connection.failure, "");
}

TEST_F(SshHostTest, NeverReturnsTheStatusThatSshUsesForItself) {
  EXPECT_EQ(host_.run({.script = "exit 0"}).exit_code, 0);
  EXPECT_EQ(host_.run({.script = "exit 254"}).exit_code, 254);
  const Result result = host_.run({.script = "exit 255"});
  EXPECT_EQ(result.ending, Ending::exited);
  EXPECT_EQ(result.exit_code, 254);
}

TEST_F(SshHostTest, GivesASignalAsStatus128AndMore) {
  const Result result = host_.run({.script = "kill -KILL $$"});
  EXPECT_EQ(result.ending, Ending::exited);
  EXPECT_EQ(result.exit_code, 137);
  EXPECT_EQ(host_.run({.script = "kill -TERM $$"}).exit_code, 143);
}

TEST_F(SshHostTest, RunsInTheCLocale) {
  EXPECT_EQ(host_.run({.script = "printf %s \"$LC_ALL\""}).out, "C");
}

TEST_F(SshHostTest, CarriesWordsOfAnyBytesIntact) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    const Argv words = testing::random_words(seed, 200);
    const Result result = host_.run({.script = testing::printing_script(words)});
    ASSERT_TRUE(result.ok()) << "seed " << seed << ": " << result.err;
    ASSERT_EQ(result.out, testing::printed(words)) << "seed " << seed;
  }
}

TEST_F(SshHostTest, CarriesMegabytesThroughStdinAndBack) {
  HostCommand command{.script = "cat"};
  for (int i = 0; i < 5'000'000; ++i)
    command.input += static_cast<char>(i * 7 % 251);
  EXPECT_EQ(host_.run(command).out, command.input);
}

TEST_F(SshHostTest, ReadsNothingWhenNothingIsFed) {
  EXPECT_TRUE(host_.run({.script = "cat"}).ok());
}

TEST_F(SshHostTest, RunsMoreCommandsAtOnceThanTheServerHasSessions) {
  constexpr std::size_t commands = 16;
  std::vector<Result> results(commands);
  std::latch start(commands);
  base::for_each_parallel(commands, commands, [&](std::size_t i) {
    start.arrive_and_wait();
    results[i] = host_.run({.script = "sleep 0.1; echo " + std::to_string(i)});
  });
  for (std::size_t i = 0; i < commands; ++i)
    EXPECT_EQ(results[i].out, std::to_string(i) + "\n") << describe(results[i]);
}

TEST_F(SshHostTest, EndsTheRemoteProcessAtItsDeadline) {
  const Result result = host_.run({.script = "echo $$; exec sleep 300", .deadline = 1s});
  EXPECT_EQ(result.ending, Ending::timed_out) << describe(result);
  EXPECT_TRUE(has_ended(std::stoi(result.out)));
}

TEST_F(SshHostTest, DoesNotTakeAScriptsOwnStatus124ForItsDeadline) {
  const Result result = host_.run({.script = "exit 124"});
  EXPECT_EQ(result.ending, Ending::exited);
  EXPECT_EQ(result.exit_code, 124);
}

TEST_F(SshHostTest, IsCancelledByAStopRequest) {
  const testing::Stopped stopped = testing::stop_a_running_script(host_);
  EXPECT_EQ(stopped.result.ending, Ending::cancelled);
  ASSERT_FALSE(stopped.pid.empty());
  EXPECT_EQ(::kill(std::stoi(stopped.pid), SIGKILL), 0)
      << "over there it goes on until its own deadline";
}

TEST_F(SshHostTest, StartsNothingAfterAStopRequest) {
  std::stop_source source;
  source.request_stop();
  EXPECT_EQ(host_.run({.script = "true"}, source.get_token()).ending, Ending::cancelled);
}

/// Whether any process shows `text` in its arguments or environment.
bool is_visible_in_proc(const std::string& text) {
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string pid = entry.path().filename();
    if (std::isdigit(static_cast<unsigned char>(pid.front())) == 0)
      continue;
    for (const char* file : {"cmdline", "environ"}) {
      try {
        if (base::read_file(entry.path() / file).find(text) != std::string::npos)
          return true;
      } catch (const std::exception&) {
        continue;  // it has ended meanwhile, or is the kernel's
      }
    }
  }
  return false;
}

TEST_F(SshHostTest, ShowsNoProcessASecretThatTravelsThroughStdin) {
  const std::string secret = "correct horse battery staple";
  const std::string file = quote((server_.directory() / "secret").string());
  bool visible = false;
  bool looked = false;
  const Result result = host_.run({.script = "umask 077; cat > " + file + "; echo ready; sleep 0.2",
                                   .input = secret,
                                   .on_output = [&](std::string_view) {
                                     visible = is_visible_in_proc(secret);
                                     looked = true;
                                   }});
  EXPECT_TRUE(result.ok());
  EXPECT_TRUE(looked);
  EXPECT_FALSE(visible);
  EXPECT_EQ(base::read_file(server_.directory() / "secret"), secret);
  struct stat status {};
  ASSERT_EQ(::stat((server_.directory() / "secret").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(SshHostTest, StreamsFromOneHostToAnother) {
  SshHost other("node-b", server_.reach(), server_.directory(), 1);
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  base::Fd read(ends[0]);
  base::Fd write(ends[1]);
  Result sent;
  Result received;
  {
    const std::jthread sender([&] {
      sent = host_.run({.script = "head -c 8000000 /dev/urandom | tee /dev/stderr",
                        .on_output = [&](std::string_view data) {
                          base::write_all(write.get(), data, "a pipe");
                        }});
      write.close();
    });
    received = other.run({.script = "cat", .input_fd = read.get()});
  }
  EXPECT_TRUE(sent.ok()) << describe(sent);
  EXPECT_TRUE(received.ok()) << describe(received);
  EXPECT_EQ(received.out.size(), 8'000'000U);
  EXPECT_TRUE(received.out == sent.err) << "the bytes differ";
}

}  // namespace
}  // namespace omsctl::remote
