#include "omsctl/oms/config_write.hpp"

#include <filesystem>

#include <gtest/gtest.h>

#include "omsctl/base/digest.hpp"
#include "omsctl/base/files.hpp"
#include "omsctl/remote/process.hpp"
#include "omsctl/remote/shell.hpp"

namespace omsctl::oms {
namespace {

/// config.yaml with its copies; tests/scripts has the other cases of the script.
class ReplaceContent : public testing::Test {
 protected:
  [[nodiscard]] std::string path() const { return directory_.path().string() + "/config.yaml"; }
  [[nodiscard]] std::string old_source() const { return path() + ".omsctl-r.old"; }
  [[nodiscard]] std::string new_source() const { return path() + ".omsctl-r.new"; }
  [[nodiscard]] std::string mark() const { return path() + ".omsctl-r.writing"; }

  void start_again() const {
    std::filesystem::remove(mark());
    base::write_file(path(), before_);
    base::write_file(old_source(), before_);
    base::write_file(new_source(), after_);
  }
  [[nodiscard]] remote::Result forward(const std::string& around = "") const {
    return run(
        around,
        replace_content("c", path(), new_source(), base::sha256(before_), base::sha256(after_)));
  }
  [[nodiscard]] remote::Result back() const {
    return run(
        "",
        replace_content("c", path(), old_source(), base::sha256(after_), base::sha256(before_)));
  }
  /// Ends the script, as a kill would, at its `point`th moment: before and after each command that
  /// writes, and when a third of the file is written.
  [[nodiscard]] std::string end_at(int point) const {
    return "n=0; moment() { n=$((n + 1)); [ $n -ne " + std::to_string(point) +
           " ] || exit 9; }\n"
           "around() { moment; command \"$@\"; status=$?; moment; return $status; }\n"
           "sync() { around sync \"$@\"; }; truncate() { around truncate \"$@\"; }\n"
           "rm() { around rm \"$@\"; }\n"
           "dd() { moment; head -c 10 " +
           remote::quote(new_source()) + " | command dd of=" + remote::quote(path()) +
           " conv=notrunc 2>/dev/null; moment; around dd \"$@\"; }\n";
  }

  std::string before_ =
      "cm_url: http://192.0.2.11:8088 # a longer line than the one that replaces it\n";
  std::string after_ = "cm_url: http://192.0.2.100:8088\n";

 private:
  [[nodiscard]] remote::Result run(const std::string& around, const remote::Call& call) const {
    const std::string docker = "docker() { sha256sum < " + remote::quote(path()) + "; }\n";
    return remote::run_process(
        {.argv = {"/bin/sh", "-c", docker + around + remote::text_of({call})}});
  }
  base::TempDir directory_;
};

TEST_F(ReplaceContent, KilledAnywhereItCanGoOnAndGoBack) {
  int point = 1;
  for (;; ++point) {
    SCOPED_TRACE(point);
    start_again();
    if (forward(end_at(point)).ok())
      break;
    EXPECT_TRUE(forward().ok());
    EXPECT_EQ(base::read_file(path()), after_);

    start_again();
    EXPECT_FALSE(forward(end_at(point)).ok());
    EXPECT_TRUE(back().ok());
    EXPECT_EQ(base::read_file(path()), before_);
    EXPECT_FALSE(std::filesystem::exists(mark()));
  }
  EXPECT_EQ(point, 13);  // twelve moments: mark, three of dd, the third, truncate, sync, rm
}

}  // namespace
}  // namespace omsctl::oms
