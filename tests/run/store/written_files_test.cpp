#include "omsctl/run/store/written_files.hpp"

#include <gtest/gtest.h>

#include "omsctl/base/error.hpp"
#include "omsctl/base/files.hpp"

namespace omsctl::run {
namespace {

class WrittenFiles : public testing::Test {
 protected:
  WrittenFiles() : directory_(RunDirectory::create(state_.path(), "r")) {
    base::write_file(directory_.path() / "plan.json", "{}");
    base::write_file(directory_.path() / "run.json", "{}");
    directory_.write_artifact("h1.config.old", "old");
    digests_ = files_at_start(directory_, false);
  }

  /// What is wrong, by the journal's first record.
  [[nodiscard]] std::string problem() const {
    try {
      verify_files(directory_.path(), {{{files_key, digests_}}});
    } catch (const base::Error& error) {
      return error.what();
    }
    return "";
  }

  base::TempDir state_;
  RunDirectory directory_;
  nlohmann::json digests_;
};

TEST_F(WrittenFiles, AreThoseThatWereWritten) {
  EXPECT_EQ(problem(), "");
}

TEST_F(WrittenFiles, OneThatIsAnotherNowIsNamed) {
  directory_.write_artifact("h1.config.old", "odd");
  EXPECT_NE(problem().find("artifacts/h1.config.old is not as it was written"), std::string::npos);
}

TEST_F(WrittenFiles, OneThatIsGoneIsNamed) {
  std::filesystem::remove(directory_.path() / "run.json");
  EXPECT_NE(problem().find("run.json"), std::string::npos);
}

TEST_F(WrittenFiles, WhatAStepRecordsIsAmongThem) {
  plan::Step step;
  step.apply = {plan::Capture{"h1", "", {}, "h1.programs"}, plan::Command{}};
  EXPECT_TRUE(files_recorded_by(step, directory_).empty());
  directory_.write_artifact("h1.programs", "nginx RUNNING");
  EXPECT_EQ(files_recorded_by(step, directory_).size(), 1U);
  EXPECT_TRUE(files_recorded_by(step, directory_).contains("artifacts/h1.programs"));
}

}  // namespace
}  // namespace omsctl::run
