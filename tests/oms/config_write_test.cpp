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
  }
  [[nodiscard]] std::string path() const { return directory_ + "/config.yaml"; }
  [[nodiscard]] std::string source() const { return path() + ".omsctl-r.new"; }
  [[nodiscard]] remote::Result run(const std::string& seen) const {
    const std::string docker = "docker() { sha256sum < " + remote::quote(seen) + "; }\n";
    return remote::run_process(
        {.argv = {
             "/bin/sh",
             "-c",
             docker + replace_content_script(
                          "c", path(), source(), base::sha256(before_), base::sha256(after_))}});
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
  EXPECT_FALSE(std::filesystem::exists(source() + ".writing"));
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
  base::write_file(source() + ".writing", "");
  ASSERT_TRUE(run(path()).ok());
  EXPECT_EQ(base::read_file(path()), after_);
}

TEST_F(ReplaceContent, AContainerThatSeesAnotherFileIsAFailure) {
  const std::string stale = directory_ + "/stale";
  base::write_file(stale, before_);
  EXPECT_EQ(run(stale).exit_code, 5);
}

TEST_F(ReplaceContent, ASourceThatIsNotOursIsNotWritten) {
  base::write_file(source(), "forged\n");
  EXPECT_EQ(run(path()).exit_code, 4);
  EXPECT_EQ(base::read_file(path()), before_);
}

}  // namespace
}  // namespace omsctl::oms
