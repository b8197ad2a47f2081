#include "omsctl/run/journal.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "omsctl/base/error.hpp"
#include "omsctl/run/directory.hpp"

namespace omsctl::run {
namespace {

using testing::HasSubstr;

class JournalFile : public testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path path() const { return directory_.path() / "journal.jsonl"; }
  base::TempDir directory_;
};

TEST_F(JournalFile, GivesBackWhatWasAppended) {
  Journal journal(path());
  journal.append({{"event", event::step_started}, {"step", "stop.h1"}});
  const auto records = read_journal(path());
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0]["step"], "stop.h1");
  EXPECT_TRUE(records[0].contains("at"));
}

TEST_F(JournalFile, ATornLastLineIsIgnoredAlsoAfterTheRunWentOn) {
  { Journal(path()).append({{"event", "a"}}); }
  base::write_file(path(), base::read_file(path()) + R"({"event":"b","ste)");
  EXPECT_EQ(read_journal(path()).size(), 1U);
  { Journal(path()).append({{"event", "c"}}); }
  const auto records = read_journal(path());
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[1]["event"], "c");
}

TEST_F(JournalFile, ALineInTheMiddleThatIsNoRecordIsRefusedWithItsPlace) {
  base::write_file(path(), "{\"format\":1}\n{\"event\":\"a\"}\n#garbage\n{\"event\":\"b\"}\n");
  try {
    (void)read_journal(path());
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_NE(std::string(error.what()).find("journal.jsonl:3: this is no journal record"),
              std::string::npos);
  }
}

TEST_F(JournalFile, ARecordWithoutItsLineBreakIsTorn) {
  base::write_file(path(), "{\"format\":1}\n{\"event\":\"a\"}");
  EXPECT_TRUE(read_journal(path()).empty());
  { const Journal journal(path()); }
  EXPECT_EQ(base::read_file(path()), "{\"format\":1}\n");
}

TEST_F(JournalFile, TheNameOfAFileNeverLeavesTheDirectory) {
  for (const char* name : {"/etc/passwd", "../plan.json", "artifacts/../../x"}) {
    base::write_file(path(),
                     fmt::format("{{\"format\":1}}\n{{\"files\":{{\"{}\":\"\"}}}}\n", name));
    EXPECT_THROW((void)read_journal(path()), base::Error) << name;
  }
}

TEST_F(JournalFile, AnUnknownFormatIsRefused) {
  base::write_file(path(), "{\"format\":9}\n");
  EXPECT_THROW((void)read_journal(path()), base::Error);
}

TEST_F(JournalFile, AValueOfAnotherTypeIsRefusedWithItsPlace) {
  for (const char* record : {R"({"event":7})",
                             R"({"event":"step_done","step":null})",
                             R"({"event":"outage_ended","seconds":"1"})",
                             R"({"event":"run_ended","init_seconds":1e300})",
                             R"({"event":"run_ended","by_itself":"no"})"}) {
    base::write_file(path(), std::string("{\"format\":1}\n") + record + "\n");
    try {
      (void)read_journal(path());
      FAIL() << record;
    } catch (const base::Error& error) {
      EXPECT_NE(std::string(error.what()).find("journal.jsonl:2: "), std::string::npos);
    }
  }
  base::write_file(path(), "{\"format\":\"1\"}\n");
  EXPECT_THROW((void)read_journal(path()), base::Error);
}

TEST(Summarise, TellsHowFarARunCame) {
  const Summary killed =
      summarise({{{"event", "run_started"}, {"run", "r"}, {"command", "scale-out node"}},
                 {{"event", "step_started"}, {"step", "clear"}}});
  EXPECT_EQ(killed.state, "running?");
  EXPECT_EQ(killed.step, "clear");
  const Summary done =
      summarise({{{"event", "run_started"}}, {{"event", "run_ended"}, {"state", "done"}}});
  EXPECT_EQ(done.state, "done");
}

TEST(RunDirectory, IsFoundByPrefixAndLast) {
  const base::TempDir state;
  const auto first = RunDirectory::create(state.path(), "20260101-000000-aaaa");
  const auto second = RunDirectory::create(state.path(), "20260102-000000-bbbb");
  EXPECT_EQ(RunDirectory::open(state.path(), "last").run(), second.run());
  EXPECT_EQ(RunDirectory::open(state.path(), "20260101").run(), first.run());
  EXPECT_THROW((void)RunDirectory::open(state.path(), "2026"), base::Error);
  EXPECT_THROW((void)RunDirectory::open(state.path(), "nothing"), base::Error);
}

TEST(RunDirectory, OfAPlaceThatCannotBeReadIsNotTakenForNone) {
  const base::TempDir state;
  EXPECT_TRUE(list_runs(state.path()).empty());
  base::write_file(state.path() / "runs", "not a directory");
  try {
    (void)list_runs(state.path());
    FAIL() << "it was read";
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), base::Code::storage);
    EXPECT_THAT(error.what(), HasSubstr((state.path() / "runs").string()));
    EXPECT_THAT(error.hint(), HasSubstr("--state-dir"));
  }
}

TEST(RunDirectory, ItsLockShowsThatItsOwnerLives) {
  const base::TempDir state;
  {
    const auto owner = RunDirectory::create(state.path(), "r");
    EXPECT_TRUE(RunDirectory::open(state.path(), "r").is_locked());
  }
  EXPECT_FALSE(RunDirectory::open(state.path(), "r").is_locked());
}

TEST(RunDirectory, AnArtifactNameNeverLeavesTheDirectory) {
  const base::TempDir state;
  const auto directory = RunDirectory::create(state.path(), "r");
  directory.write_artifact("../../../etc/x", "content");
  EXPECT_EQ(directory.read_artifact("../../../etc/x"), "content");
  EXPECT_EQ(directory.artifact("../../../etc/x").parent_path(), directory.path() / "artifacts");
}

}  // namespace
}  // namespace omsctl::run
