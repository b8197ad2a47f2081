#include "omsctl/oms/config_write.hpp"

#include <sys/stat.h>

#include <filesystem>

#include <gtest/gtest.h>

#include "omsctl/base/digest.hpp"
#include "omsctl/base/files.hpp"
#include "omsctl/remote/process.hpp"
#include "omsctl/remote/shell.hpp"

namespace omsctl::oms {
namespace {

/// config.yaml with its copies in a directory with a hostile name; `docker exec … sha256sum` looks
/// at `seen`.
class ReplaceContent : public testing::Test {
 protected:
  ReplaceContent() {
    directory_ = temporary_.path().string() + "/it's $(here)";
    std::filesystem::create_directory(directory_);
    base::write_file(path(), before_, {0640});
    base::write_file(source(), after_);
    base::write_file(old_source(), before_);
  }
  [[nodiscard]] std::string old_source() const { return path() + ".omsctl-r.old"; }
  [[nodiscard]] std::string mark() const { return path() + ".omsctl-r.writing"; }
  [[nodiscard]] std::string path() const { return directory_ + "/config.yaml"; }
  [[nodiscard]] std::string source() const { return path() + ".omsctl-r.new"; }
  [[nodiscard]] remote::Result run(const std::string& seen, const std::string& around = "") const {
    return run_script(
        seen,
        around,
        replace_content_script("c", path(), source(), base::sha256(before_), base::sha256(after_)));
  }
  [[nodiscard]] remote::Result run_back() const {
    return run_script(path(),
                      "",
                      replace_content_script(
                          "c", path(), old_source(), base::sha256(after_), base::sha256(before_)));
  }
  [[nodiscard]] static remote::Result run_script(const std::string& seen,
                                                 const std::string& around,
                                                 const std::string& script) {
    const std::string docker = "docker() { sha256sum < " + remote::quote(seen) + "; }\n";
    return remote::run_process({.argv = {"/bin/sh", "-c", docker + around + script}});
  }
  void start_again() const {
    std::filesystem::remove(mark());
    base::write_file(path(), before_, {0640});
  }
  /// Kills the script with -9 at its `point`th moment: before and after each command that writes,
  /// and when a third of the file is written.
  [[nodiscard]] std::string kill_at(int point) const {
    return "n=0; moment() { n=$((n + 1)); [ $n -ne " + std::to_string(point) +
           " ] || kill -9 $$; }\n"
           "around() { moment; command \"$@\"; status=$?; moment; return $status; }\n"
           "sync() { around sync \"$@\"; }; truncate() { around truncate \"$@\"; }\n"
           "rm() { around rm \"$@\"; }\n"
           "dd() { moment; head -c 10 " +
           remote::quote(source()) + " | command dd of=" + remote::quote(path()) +
           " conv=notrunc 2>/dev/null; moment; around dd \"$@\"; }\n";
  }
  [[nodiscard]] struct stat status() const {
    struct stat found {};
    EXPECT_EQ(::stat(path().c_str(), &found), 0);
    return found;
  }

  std::string before_ =
      "cm_url: http://192.0.2.11:8088 # a longer line than the one that replaces it\n";
  std::string after_ = "cm_url: http://192.0.2.100:8088\n";
  base::TempDir temporary_;
  std::string directory_;
};

TEST_F(ReplaceContent, KeepsInodeAndModeAndShortens) {
  const auto inode = status().st_ino;
  ASSERT_TRUE(run(path()).ok());
  EXPECT_EQ(base::read_file(path()), after_);
  EXPECT_EQ(status().st_ino, inode);
  EXPECT_EQ(status().st_mode & 0777U, 0640U);
  EXPECT_FALSE(std::filesystem::exists(mark()));
}

TEST_F(ReplaceContent, DoneAlreadyIsDone) {
  ASSERT_TRUE(run(path()).ok());
  EXPECT_TRUE(run(path()).ok());
}

TEST_F(ReplaceContent, AStrangersEditIsLeftAlone) {
  base::write_file(path(), "something: else\n");
  EXPECT_EQ(run(path()).exit_code, 3);
  EXPECT_EQ(base::read_file(path()), "something: else\n");
}

TEST_F(ReplaceContent, ATornWriteOfOursIsMended) {
  base::write_file(path(), after_.substr(0, 10) + before_.substr(10));
  base::write_file(mark(), "");
  ASSERT_TRUE(run(path()).ok());
  EXPECT_EQ(base::read_file(path()), after_);
}

TEST_F(ReplaceContent, KilledAnywhereItCanGoOnAndGoBack) {
  int point = 1;
  for (;; ++point) {
    SCOPED_TRACE(point);
    start_again();
    if (run(path(), kill_at(point)).ok())
      break;
    EXPECT_TRUE(run(path()).ok());
    EXPECT_EQ(base::read_file(path()), after_);

    start_again();
    EXPECT_FALSE(run(path(), kill_at(point)).ok());
    EXPECT_TRUE(run_back().ok());
    EXPECT_EQ(base::read_file(path()), before_);
    EXPECT_FALSE(std::filesystem::exists(mark()));
  }
  EXPECT_EQ(point, 13);  // twelve moments: mark, three of dd, the third, truncate, sync, rm
}

TEST_F(ReplaceContent, AContainerThatSeesAnotherFileIsAFailure) {
  const std::string stale = directory_ + "/stale";
  base::write_file(stale, before_);
  EXPECT_EQ(run(stale).exit_code, 5);
}

TEST_F(ReplaceContent, AfterAFailedLookAStrangersEditIsLeftAlone) {
  const std::string stale = directory_ + "/stale";
  base::write_file(stale, before_);
  ASSERT_EQ(run(stale).exit_code, 5);
  EXPECT_EQ(run(stale).exit_code, 5);  // looked at again, though nothing is left to write
  EXPECT_FALSE(std::filesystem::exists(mark()));
  base::write_file(path(), "something: else\n");
  EXPECT_EQ(run(path()).exit_code, 3);
  EXPECT_EQ(base::read_file(path()), "something: else\n");
}

TEST_F(ReplaceContent, AMarkBesideAWholeFileGoes) {
  base::write_file(path(), after_);
  base::write_file(mark(), "");
  ASSERT_TRUE(run(path()).ok());
  EXPECT_FALSE(std::filesystem::exists(mark()));
}

TEST_F(ReplaceContent, ASourceThatIsNotOursIsNotWritten) {
  base::write_file(source(), "forged\n");
  EXPECT_EQ(run(path()).exit_code, 4);
  EXPECT_EQ(base::read_file(path()), before_);
}

}  // namespace
}  // namespace omsctl::oms
