#include "omsctl/remote/process.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "omsctl/base/error.hpp"
#include "omsctl/base/files.hpp"
#include "omsctl/base/parallel.hpp"

#include "remote/support.hpp"

namespace omsctl::remote {
namespace {

using namespace std::chrono_literals;
using testing::generous;
using testing::has_ended;

ProcessSpec shell(const std::string& script) {
  return {.argv = {"/bin/sh", "-c", script}, .deadline = generous};
}

/// Runs `script`, requests a stop as soon as it has printed something, and returns the result.
Result run_and_stop_when_ready(const std::string& script, std::string& printed) {
  std::stop_source source;
  ProcessSpec spec = shell(script);
  spec.grace = 200ms;
  spec.on_output = [&](std::string_view text) {
    printed += text;
    if (printed.find('\n') != std::string::npos)
      source.request_stop();
  };
  return run_process(spec, source.get_token());
}

TEST(Process, GivesStatusOutputAndErrorsApart) {
  const Result result = run_process(shell("echo out; echo err >&2; exit 3"));
  EXPECT_EQ(result.ending, Ending::exited);
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_EQ(result.out, "out\n");
  EXPECT_EQ(result.err, "err\n");
  EXPECT_FALSE(result.ok());
}

TEST(Process, CarriesMegabytesInAllThreeDirectionsAtOnce) {
  ProcessSpec spec = shell("head -c 3000000 /dev/zero >&2 & cat; wait");
  spec.input = std::string(5'000'000, 'x');
  const Result result = run_process(spec);
  EXPECT_TRUE(result.ok());
  EXPECT_EQ(result.out, spec.input);
  EXPECT_EQ(result.err.size(), 3'000'000U);
}

TEST(Process, DoesNotMindAChildThatIgnoresItsInput) {
  ProcessSpec spec = shell("exit 0");
  spec.input = std::string(5'000'000, 'x');
  EXPECT_TRUE(run_process(spec).ok());
}

TEST(Process, EndsAtItsDeadlineByTerm) {
  ProcessSpec spec{.argv = {"sleep", "300"}, .deadline = 200ms};
  const Result result = run_process(spec);
  EXPECT_EQ(result.ending, Ending::timed_out);
  EXPECT_EQ(result.signal, SIGTERM);
  EXPECT_FALSE(result.ok());
}

TEST(Process, IsKilledAfterTheGraceWhenItIgnoresTerm) {
  std::string pid;
  const Result result =
      run_and_stop_when_ready("trap '' TERM; echo $$; while :; do sleep 300; done", pid);
  EXPECT_EQ(result.ending, Ending::cancelled);
  EXPECT_EQ(result.signal, SIGKILL);
  EXPECT_TRUE(has_ended(std::stoi(pid)));
}

TEST(Process, EndsThoughAGrandchildKeepsItsPipesOpen) {
  const Result result = run_process(shell("sleep 300 & echo $!"));
  EXPECT_EQ(result.ending, Ending::exited);
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_LT(result.elapsed, generous);
  ASSERT_FALSE(result.out.empty());
  EXPECT_EQ(::kill(std::stoi(result.out), SIGKILL), 0) << "what it left on purpose was not killed";
}

TEST(Process, SaysWhichProgramDoesNotExistAndLeavesNoZombie) {
  try {
    (void)run_process({.argv = {"omsctl-no-such-program"}});
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), base::Code::internal);
    EXPECT_STREQ(error.what(),
                 "cannot start \"omsctl-no-such-program\": No such file or directory");
  }
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST(Process, ReportsASignalThatWasNotOurs) {
  const Result result = run_process(shell("kill -KILL $$"));
  EXPECT_EQ(result.ending, Ending::signalled);
  EXPECT_EQ(result.signal, SIGKILL);
}

TEST(Process, TakesItsWholeGroupAlongWhenItIsEnded) {
  std::string pid;
  const Result result =
      run_and_stop_when_ready("(trap '' TERM; exec sh -c 'echo $$; exec sleep 300') & wait", pid);
  EXPECT_EQ(result.ending, Ending::cancelled);
  EXPECT_TRUE(has_ended(std::stoi(pid)));
}

TEST(Process, StartsNothingAfterAStopRequest) {
  const base::TempDir directory;
  const auto trace = directory.path() / "trace";
  std::stop_source source;
  source.request_stop();
  const Result result = run_process({.argv = {"touch", trace.string()}}, source.get_token());
  EXPECT_EQ(result.ending, Ending::cancelled);
  EXPECT_FALSE(std::filesystem::exists(trace));
}

TEST(Process, HasDefaultSignalsEvenWhereWeIgnoreThem) {
  for (const int number : {SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGPIPE}) {
    const auto before = std::signal(number, SIG_IGN);
    const Result result = run_process(shell("kill -" + std::to_string(number) + " $$"));
    EXPECT_NE(std::signal(number, before), SIG_ERR);
    EXPECT_EQ(result.ending, Ending::signalled) << number;
    EXPECT_EQ(result.signal, number);
  }
}

TEST(Process, InheritsOnlyTheThreeStandardDescriptors) {
  const base::Fd leaky(::open("/dev/null", O_RDONLY));  // on purpose without O_CLOEXEC
  ASSERT_TRUE(leaky);
  const Result result = run_process({.argv = {"ls", "/proc/self/fd"}});
  EXPECT_EQ(result.out, "0\n1\n2\n3\n") << "3 is the directory that ls reads";
}

TEST(Process, IsInAProcessGroupOfItsOwn) {
  const Result result =
      run_process(shell("read -r _ _ _ _ group _ < /proc/$$/stat; echo $group $$"));
  const auto words = base::split(base::trim(result.out), ' ');
  ASSERT_EQ(words.size(), 2U);
  EXPECT_EQ(words[0], words[1]);
}

TEST(Process, MayHaveASessionOfItsOwn) {
  ProcessSpec spec = shell("read -r _ _ _ _ _ session _ < /proc/$$/stat; echo $session $$");
  spec.own_session = true;
  const auto words = base::split(base::trim(run_process(spec).out), ' ');
  ASSERT_EQ(words.size(), 2U);
  EXPECT_EQ(words[0], words[1]);
}

TEST(Process, ReadsNothingWhenNothingIsFedToIt) {
  EXPECT_EQ(run_process({.argv = {"cat"}, .deadline = generous}).out, "");
}

TEST(Process, KeepsTheNewestOutputOfTooMuch) {
  ProcessSpec spec = shell("head -c 1000000 /dev/zero; echo the end");
  spec.keep = 8;
  const Result result = run_process(spec);
  EXPECT_TRUE(result.truncated);
  EXPECT_EQ(result.out, "the end\n");
}

TEST(Process, HandsOutputOnAsItComes) {
  std::string seen;
  ProcessSpec spec = shell("echo one; echo two");
  spec.on_output = [&](std::string_view text) { seen += text; };
  const Result result = run_process(spec);
  EXPECT_EQ(seen, "one\ntwo\n");
  EXPECT_EQ(result.out, "");
}

TEST(Process, IsEndedWhenItsListenerThrows) {
  std::string pid;
  ProcessSpec spec = shell("echo $$; exec sleep 300");
  spec.on_output = [&](std::string_view text) {
    pid = text;
    throw std::runtime_error("enough");
  };
  EXPECT_THROW((void)run_process(spec), std::runtime_error);
  EXPECT_TRUE(has_ended(std::stoi(pid)));
}

TEST(Process, ReadsAndWritesDescriptorsOfTheCaller) {
  const base::TempDir directory;
  base::write_file(directory.path() / "in", "from a file");
  const base::Fd in = base::open_for_reading(directory.path() / "in");
  const base::Fd out = base::create_file(directory.path() / "out");
  const base::Fd err = base::create_file(directory.path() / "err");
  ProcessSpec spec = shell("cat; echo oops >&2");
  spec.input_fd = in.get();
  spec.output_fd = out.get();
  spec.error_fd = err.get();
  const Result result = run_process(spec);
  EXPECT_TRUE(result.ok());
  EXPECT_EQ(result.out + result.err, "");
  EXPECT_EQ(base::read_file(directory.path() / "out"), "from a file");
  EXPECT_EQ(base::read_file(directory.path() / "err"), "oops\n");
}

TEST(Process, LeavesTheSignalMaskAsItWas) {
  ProcessSpec spec = shell("exit 0");
  spec.input = std::string(1'000'000, 'x');
  (void)run_process(spec);
  sigset_t mask;
  sigset_t pending;
  ::sigemptyset(&mask);
  ::sigemptyset(&pending);
  ::pthread_sigmask(SIG_SETMASK, nullptr, &mask);
  ::sigpending(&pending);
  EXPECT_EQ(::sigismember(&mask, SIGPIPE), 0);
  EXPECT_EQ(::sigismember(&pending, SIGPIPE), 0);
}

TEST(Process, MayBeRunByManyThreadsAtOnce) {
  constexpr std::size_t threads = 12;
  const auto text_of = [](std::size_t i) {
    return std::string(200'000, static_cast<char>('a' + static_cast<int>(i)));
  };
  std::vector<std::string> answers(threads);
  base::for_each_parallel(threads, threads, [&](std::size_t i) {
    ProcessSpec spec = shell("cat; exit 0");
    spec.input = text_of(i);
    answers[i] = run_process(spec).out;
  });
  for (std::size_t i = 0; i < threads; ++i)
    EXPECT_EQ(answers[i], text_of(i));
}

Result ended(Ending ending, int exit_code = -1, int signal = 0, const std::string& err = {}) {
  Result result;
  result.ending = ending;
  result.exit_code = exit_code;
  result.signal = signal;
  result.err = err;
  result.elapsed = 400ms;
  return result;
}

TEST(DescribeResult, SaysHowItEndedInOneLine) {
  EXPECT_EQ(describe(ended(Ending::exited, 3)), "exit status 3");
  EXPECT_EQ(describe(ended(Ending::signalled, -1, SIGKILL)), "ended by signal 9 (Killed)");
  EXPECT_EQ(describe(ended(Ending::timed_out)), "ended at its deadline, after 0.4 s");
  EXPECT_EQ(describe(ended(Ending::cancelled)), "cancelled");
  EXPECT_EQ(describe(ended(Ending::unreachable, -1, 0, "a\nConnection refused\r\n")),
            "unreachable: Connection refused");
  EXPECT_EQ(describe(ended(Ending::unknown)), "connection lost, it may or may not have run");
}

}  // namespace
}  // namespace omsctl::remote
