#include <filesystem>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "omsctl/base/error.hpp"
#include "omsctl/base/files.hpp"

#include "../src/cli/resume.hpp"
#include "../src/cli/rollback.hpp"

namespace omsctl::cli {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

std::map<std::string, std::string> files_below(const fs::path& directory) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(directory))
    if (entry.is_regular_file() && entry.path().filename() != "lock")
      files[entry.path().string()] = base::read_file(entry.path());
  return files;
}

class FormerVersion : public testing::TestWithParam<int (*)(const Options&, Output&)> {};

TEST_P(FormerVersion, ARunOfItIsRefusedWithItsVersionAndTheWayBackByHand) {
  const base::TempDir state;
  fs::copy(fs::path(OMSCTL_SOURCE_DIR) / "tests/run/store/former_version",
           state.path(),
           fs::copy_options::recursive);
  const auto before = files_below(state.path());
  Options options;
  options.state_dir = state.path().string();
  options.run = "last";
  options.yes = true;
  const auto output = make_json_output();
  testing::internal::CaptureStdout();
  try {
    (void)GetParam()(options, *output);
    FAIL() << "it was not refused";
  } catch (const base::Error& error) {
    EXPECT_EQ(base::exit_code(error.code()), 4);
    EXPECT_THAT(error.what(), HasSubstr("was made by omsctl 0.1.0, and this is omsctl "));
    EXPECT_THAT(error.what(), HasSubstr("nothing was changed by this command"));
    EXPECT_THAT(error.hint(), HasSubstr("finish it with omsctl 0.1.0; or by hand"));
  }
  EXPECT_THAT(testing::internal::GetCapturedStdout(), HasSubstr("supervisorctl start nginx"));
  EXPECT_EQ(files_below(state.path()), before);
}

INSTANTIATE_TEST_SUITE_P(ResumeAndRollback, FormerVersion, testing::Values(&resume, &rollback));

}  // namespace
}  // namespace omsctl::cli
