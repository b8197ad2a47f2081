#include "omsctl/facts/probe_script.hpp"

#include <gtest/gtest.h>

#include "omsctl/facts/host_probes.hpp"
#include "omsctl/remote/process.hpp"

namespace omsctl::facts {
namespace {

std::map<std::string, Answer> run(const ProbeScript& script) {
  return script.answers(remote::run_process({.argv = {"/bin/sh", "-c", script.text()}}).out);
}

TEST(ProbeScript, TellsTheAnswersApart) {
  ProbeScript script;
  script.ask("one", "printf 'no line end'");
  script.ask("two", "echo out; echo err >&2; exit 3");
  script.ask("empty", "true");
  auto answers = run(script);
  EXPECT_EQ(answers["one"].text, "no line end");
  EXPECT_EQ(answers["one"].status, 0);
  EXPECT_EQ(answers["two"].text, "out\n");
  EXPECT_EQ(answers["two"].err, "err");
  EXPECT_EQ(answers["two"].status, 3);
  EXPECT_EQ(answers["empty"].text, "");
  EXPECT_EQ(answers["empty"].err, "");
  EXPECT_TRUE(answers["empty"].ok());
}

TEST(ProbeScript, AHangingQuestionDoesNotHideTheOthers) {
  ProbeScript script;
  script.ask("hangs", "cat < /dev/zero > /dev/null", 1);
  script.ask("after", "echo here");
  auto answers = run(script);
  EXPECT_EQ(answers["hangs"].status, 124);
  EXPECT_EQ(answers["after"].text, "here\n");
}

TEST(ProbeScript, NamesMayHoldAnything) {
  ProbeScript script;
  script.ask("path /a'b\n$(touch /tmp/never)", "echo yes");
  EXPECT_EQ(run(script)["path /a'b\n$(touch /tmp/never)"].text, "yes\n");
}

TEST(ProbeScript, AnAnswerThatIsMissingIsNone) {
  ProbeScript script;
  script.ask("one", "true");
  EXPECT_EQ(script.answers("")["one"].status, -1);
}

TEST(ListeningPorts, AreReadFromBothFamilies) {
  const char* text =
      "  sl  local_address rem_address   st\n"
      "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000\n"
      "   1: 0100007F:1F98 0100007F:0016 01 00000000:00000000\n"
      "   0: 00000000000000000000000000000000:1F99 00000000000000000000000000000000:0000 0A 0\n";
  EXPECT_EQ(listening_ports(text), (std::set<int>{8080, 8089}));
}

}  // namespace
}  // namespace omsctl::facts
