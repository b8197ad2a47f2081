#include "omsctl/facts/probe_script.hpp"

#include <sys/stat.h>

#include <gtest/gtest.h>

#include "omsctl/base/files.hpp"
#include "omsctl/facts/host_probes.hpp"
#include "omsctl/remote/process.hpp"

namespace omsctl::facts {
namespace {

std::map<std::string, Answer> run(const ProbeScript& script) {
  return script.answers(remote::run_process({.argv = {"/bin/sh", "-c", script.text()}}).out);
}

TEST(ProbeScript, TellsTheAnswersApart) {
  const base::TempDir place;
  base::write_file(place.path() / "file", "no line end");
  ProbeScript script;
  script.ask("one", {"read_file", {place.path() / "file"}});
  script.ask("two", {"read_copy", {"/none"}});
  script.ask("three", {"prints", {"out", "echo", "out"}});
  script.ask("four", {"prints", {"", "echo", "out"}});
  auto answers = run(script);
  EXPECT_EQ(answers["one"].text, "no line end");
  EXPECT_EQ(answers["one"].status, 0);
  EXPECT_EQ(answers["two"].text, "");
  EXPECT_EQ(answers["two"].err, "absent");
  EXPECT_EQ(answers["two"].status, 3);
  EXPECT_EQ(answers["three"].text, "");
  EXPECT_EQ(answers["three"].err, "");
  EXPECT_TRUE(answers["three"].ok());
  EXPECT_EQ(answers["four"].text, "it is: out\n");
}

TEST(ProbeScript, AHangingQuestionDoesNotHideTheOthers) {
  const base::TempDir place;
  const std::string pipe = place.path() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  ProbeScript script;
  script.ask("hangs", {"read_file", {pipe}}, 1);
  script.ask("after", {"missing_commands", {"-here"}});
  auto answers = run(script);
  EXPECT_EQ(answers["hangs"].status, 124);
  EXPECT_EQ(answers["after"].text, "-here\n");
}

TEST(ProbeScript, NamesMayHoldAnything) {
  ProbeScript script;
  script.ask("path /a'b\n$(touch /tmp/never)", {"missing_commands", {"$(touch /tmp/never)"}});
  EXPECT_EQ(run(script)["path /a'b\n$(touch /tmp/never)"].text, "$(touch /tmp/never)\n");
}

TEST(ProbeScript, AnAnswerThatIsMissingIsNone) {
  ProbeScript script;
  script.ask("one", {"host_clock"});
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
