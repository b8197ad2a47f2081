#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "omsctl/cli/app.hpp"

namespace omsctl::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

struct Said {
  int code = 0;
  std::string err;
};

Said say(std::vector<const char*> words) {
  words.insert(words.begin(), "omsctl");
  testing::internal::CaptureStderr();
  Said said;
  said.code = run_command_line(static_cast<int>(words.size()), words.data());
  said.err = testing::internal::GetCapturedStderr();
  return said;
}

struct Case {
  const char* name;
  std::vector<const char*> words;
  const char* says;
};

class UnknownWord : public testing::TestWithParam<Case> {};

TEST_P(UnknownWord, IsNamedWithTheNearestThatThereIs) {
  const Said said = say(GetParam().words);
  EXPECT_EQ(said.code, 2);
  EXPECT_THAT(said.err, HasSubstr(GetParam().says));
  EXPECT_THAT(said.err, Not(HasSubstr("is required")));
}

INSTANTIATE_TEST_SUITE_P(
    EachCommand,
    UnknownWord,
    testing::Values(
        Case{"Command", {"frobnicate"}, "omsctl: unknown command \"frobnicate\"\n"},
        Case{"CommandBeforeAnother", {"frobnicate", "runs"}, "unknown command \"frobnicate\""},
        Case{"CommandWithOptions", {"frobnicate", "-c", "x"}, "unknown command \"frobnicate\""},
        Case{"Transposed", {"rollbakc", "last"}, R"("rollbakc"; did you mean "rollback"?)"},
        Case{"WithoutItsHyphen", {"scaleout", "node"}, R"("scaleout"; did you mean "scale-out"?)"},
        Case{"ItsBeginning", {"roll", "last"}, R"("roll"; did you mean "rollback"?)"},
        Case{"OfMetadb",
             {"metadb", "bakup"},
             R"(omsctl metadb: unknown command "bakup"; did you mean "backup"?)"},
        Case{"OfLock",
             {"lock", "shwo"},
             R"(omsctl lock: unknown command "shwo"; did you mean "show"?)"},
        Case{"OfConfig",
             {"config", "chek", "f"},
             R"(omsctl config: unknown command "chek"; did you mean "check"?)"},
        Case{"OfCheck",
             {"check", "nodes"},
             R"(omsctl check: unknown command "nodes"; did you mean "node"?)"},
        Case{"OfScaleOut",
             {"scale-out", "regoin", "--yes"},
             R"(omsctl scale-out: unknown command "regoin"; did you mean "region"?)"},
        Case{"Option",
             {"scale-out", "node", "--dryrun"},
             R"(omsctl scale-out node: unknown option "--dryrun"; did you mean "--dry-run"?)"},
        Case{"OptionWithAValue",
             {"resume", "--lock-wiat=5", "last"},
             R"(unknown option "--lock-wiat"; did you mean "--lock-wait"?)"},
        Case{"OptionWhereAnArgumentLacks",
             {"resume", "--frobnicate"},
             "omsctl resume: unknown option \"--frobnicate\"\n"},
        Case{"OptionBeforeTheCommand",
             {"--yes", "resume", "last"},
             R"(omsctl: unknown option "--yes"; options follow the command)"},
        Case{"Argument", {"runs", "a", "b"}, "omsctl runs: unexpected argument \"b\""}),
    [](const auto& each) { return std::string(each.param.name); });

TEST(CommandThatLacks, IsAskedForWithAllThatThereAre) {
  EXPECT_THAT(say({"metadb"}).err,
              HasSubstr("omsctl metadb: a command is missing: backup, list, verify, restore"));
  EXPECT_THAT(say({}).err, HasSubstr("omsctl: a command is missing: scale-out, check, resume"));
  EXPECT_EQ(say({}).code, 2);
}

TEST(WhatNobodyKnows, DoesNotDriveTheTerminal) {
  EXPECT_THAT(say({"\x1b[2Jfrob"}).err, Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace omsctl::cli
