#include "omsctl/remote/handover.hpp"

#include <gtest/gtest.h>

#include "omsctl/base/error.hpp"

#include "remote/support.hpp"

namespace omsctl::remote {
namespace {

using namespace std::chrono_literals;

TEST(RemoteDeadline, IsInWholeSecondsAndAtLeastOne) {
  EXPECT_EQ(remote_deadline(0ms), 1s);
  EXPECT_EQ(remote_deadline(1000ms), 1s);
  EXPECT_EQ(remote_deadline(1001ms), 2s);
}

TEST(HandoverText, CallsTheScriptThatHandsOver) {
  const std::string text = handover_text("docker ps", 60s, true);
  EXPECT_TRUE(text.starts_with("/bin/sh -c 'eval \"$(printf \"$1\")\"; hand_over ")) << text;
  EXPECT_TRUE(text.ends_with("' 60 yes 'docker ps'")) << text;
}

TEST(HandoverText, EncodesWhatFishAndCshReadOtherwiseInsideSingleQuotes) {
  const std::string text = handover_text("-a 'b' \\ ! %s\n\xc3", 1s, false);
  EXPECT_TRUE(text.ends_with(" 1 no '\\055a \\047b\\047 \\134 \\041 %%s\\012\\303'")) << text;
}

TEST(HandoverText, IsOneLineOfPrintableAsciiWhateverTheScript) {
  for (const std::string& script : testing::random_words(7, 2000))
    for (const char byte : handover_text(script, 1s, false))
      ASSERT_TRUE(byte >= ' ' && byte <= '~' && byte != '!') << base::printable(script);
}

TEST(HandoverText, RunsTheVeryScriptInARealShell) {
  for (unsigned seed = 100; seed < 120; ++seed) {
    const Argv words = testing::random_words(seed, 200);
    const std::string text = handover_text(testing::printing_script(words), 60s, false);
    const Result result = run_process({.argv = {"/bin/sh", "-c", text}});
    ASSERT_TRUE(result.ok()) << "seed " << seed << ": " << result.err;
    ASSERT_EQ(without_greeting(result.out), testing::printed(words)) << "seed " << seed;
  }
}

TEST(HandoverText, FindsTheUsualCommandsWhateverPathTheLoginShellHas) {
  const std::string text = handover_text("command -v ip", 60s, false);
  const Result result =
      run_process({.argv = {"/usr/bin/env", "PATH=/nowhere", "/bin/sh", "-c", text}});
  EXPECT_TRUE(result.ok()) << result.out << result.err;
}

TEST(Greeting, IsCutOffWithOrWithoutALineEnd) {
  EXPECT_EQ(without_greeting("welcome\nomsctl-handover\nout\n"), "out\n");
  EXPECT_EQ(without_greeting("last login: nowomsctl-handover\n"), "");
  EXPECT_EQ(without_greeting("omsctl-handover\nomsctl-handover\n"), "omsctl-handover\n");
  EXPECT_EQ(without_greeting("This account is not available.\n"),
            "This account is not available.\n");
}

TEST(Greeting, IsCutOffAStreamInPiecesOfAnySize) {
  const std::string whole = "a greeting omsctl-\nomsctl-handover\n\xff and the rest" +
                            std::string(100, 'x') + "omsctl-handover\n!";
  const std::string wanted = without_greeting(whole);
  for (std::size_t size = 1; size <= whole.size(); ++size) {
    std::string got;
    const auto take = behind_greeting([&](std::string_view piece) { got += piece; });
    for (std::size_t at = 0; at < whole.size(); at += size)
      take(std::string_view(whole).substr(at, size));
    ASSERT_EQ(got, wanted) << "pieces of " << size;
  }
}

TEST(HandoverText, RefusesWhatNoArgumentCanHold) {
  EXPECT_THROW((void)handover_text(std::string("a\0b", 3), 1s, false), base::Error);
  EXPECT_THROW((void)handover_text(std::string(140'000, 'x'), 1s, false), base::Error);
}

struct EndCase {
  const char* name;
  Ending ending;
  int exit_code;
  int signal;
  base::Milliseconds elapsed;
  Ending expected;
  int expected_code;
};

Result made_of(const EndCase& given) {
  Result result;
  result.ending = given.ending;
  result.exit_code = given.exit_code;
  result.signal = given.signal;
  result.elapsed = given.elapsed;
  return result;
}

std::string name_of(const ::testing::TestParamInfo<EndCase>& info) {
  return info.param.name;
}

class SessionEnd : public ::testing::TestWithParam<EndCase> {};

TEST_P(SessionEnd, IsReadAsWhatIsKnown) {
  const Result result = read_session_end(made_of(GetParam()), 10s);
  EXPECT_EQ(result.ending, GetParam().expected);
  EXPECT_EQ(result.exit_code, GetParam().expected_code);
}

INSTANTIATE_TEST_SUITE_P(
    Cases,
    SessionEnd,
    ::testing::Values(
        EndCase{"Status0", Ending::exited, 0, 0, 1s, Ending::exited, 0},
        EndCase{"Status254", Ending::exited, 254, 0, 1s, Ending::exited, 254},
        EndCase{"Status255", Ending::exited, 255, 0, 1s, Ending::unknown, -1},
        EndCase{"OwnStatus124BeforeTheDeadline", Ending::exited, 124, 0, 9s, Ending::exited, 124},
        EndCase{"Status124AtTheDeadline", Ending::exited, 124, 0, 10s, Ending::timed_out, 124},
        EndCase{"OwnStatus137BeforeTheDeadline", Ending::exited, 137, 0, 2s, Ending::exited, 137},
        EndCase{"Status137AfterTheDeadline", Ending::exited, 137, 0, 20s, Ending::timed_out, 137},
        EndCase{"ClientKilled", Ending::signalled, -1, 9, 1s, Ending::unknown, -1},
        EndCase{
            "NoAnswerLongAfterTheDeadline", Ending::timed_out, -1, 15, 25s, Ending::unknown, -1},
        EndCase{"Cancelled", Ending::cancelled, -1, 15, 1s, Ending::cancelled, -1}),
    name_of);

class LocalEnd : public ::testing::TestWithParam<EndCase> {};

TEST_P(LocalEnd, IsReadInTheSameTerms) {
  const Result result = read_local_end(made_of(GetParam()), 10s);
  EXPECT_EQ(result.ending, GetParam().expected);
  EXPECT_EQ(result.exit_code, GetParam().expected_code);
}

INSTANTIATE_TEST_SUITE_P(
    Cases,
    LocalEnd,
    ::testing::Values(
        EndCase{"Status255", Ending::exited, 255, 0, 1s, Ending::exited, 254},
        EndCase{"Signal", Ending::signalled, -1, 15, 1s, Ending::exited, 143},
        EndCase{"Status124AtTheDeadline", Ending::exited, 124, 0, 10s, Ending::timed_out, 124},
        EndCase{"KilledAfterTheDeadline", Ending::signalled, -1, 9, 20s, Ending::timed_out, 137},
        EndCase{"Cancelled", Ending::cancelled, -1, 15, 1s, Ending::cancelled, -1}),
    name_of);

}  // namespace
}  // namespace omsctl::remote
