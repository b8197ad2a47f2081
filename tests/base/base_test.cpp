#include <sys/stat.h>

#include <atomic>
#include <cstdlib>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "omsctl/base/clock.hpp"
#include "omsctl/base/digest.hpp"
#include "omsctl/base/error.hpp"
#include "omsctl/base/files.hpp"
#include "omsctl/base/parallel.hpp"
#include "omsctl/base/secret.hpp"

namespace omsctl::base {
namespace {

class SteppedClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const override { return now_; }
  bool pause(Milliseconds pause, const std::stop_token& stop) override {
    now_ += pause;
    return !stop.stop_requested();
  }

 private:
  TimePoint now_;
};

TEST(Error, EveryCodeHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (int i = static_cast<int>(Code::internal); i <= static_cast<int>(Code::storage); ++i)
    names.insert(name(static_cast<Code>(i)));
  EXPECT_EQ(names.size(), 13U);
}

TEST(Error, ExitCodesAreTheDocumentedOnes) {
  EXPECT_EQ(exit_code(Code::config), 3);
  EXPECT_EQ(exit_code(Code::refused), 4);
  EXPECT_EQ(exit_code(Code::stopped), 5);
  EXPECT_EQ(exit_code(Code::unverified), 7);
  EXPECT_EQ(exit_code(Code::locked), 8);
  EXPECT_EQ(exit_code(Code::interrupted), 130);
}

TEST(Secret, FormatsAsRedacted) {
  EXPECT_EQ(fmt::format("{}", Secret("hunter2")), "[redacted]");
}

TEST(Digest, MatchesThePublishedVector) {
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(WriteFile, LeavesTheContentWithTheModeAndNoTemporaryFile) {
  const TempDir directory;
  const auto path = directory.path() / "a";
  write_file(path, "first");
  write_file(path, "second");
  EXPECT_EQ(read_file(path), "second");
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory.path()),
                          std::filesystem::directory_iterator()),
            1);
}

TEST(ReadFile, NamesTheMissingFile) {
  try {
    (void)read_file("/nonexistent/config.yaml");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::storage);
    EXPECT_NE(std::string(error.what()).find("/nonexistent/config.yaml"), std::string::npos);
  }
}

TEST(TempDir, LiesInTmpWhereTheRuntimeDirectoryIsUnusable) {
  const char* before = std::getenv("XDG_RUNTIME_DIR");
  const std::string kept = before == nullptr ? "" : before;
  for (const std::string& unusable :
       {std::string("relative"), std::string("/nonexistent"), "/" + std::string(80, 'x')}) {
    ::setenv("XDG_RUNTIME_DIR", unusable.c_str(), 1);
    EXPECT_EQ(TempDir().path().parent_path(), "/tmp") << unusable;
  }
  if (before == nullptr)
    ::unsetenv("XDG_RUNTIME_DIR");
  else
    ::setenv("XDG_RUNTIME_DIR", kept.c_str(), 1);
}

TEST(WaitUntil, StopsAtTheDeadline) {
  SteppedClock clock;
  int asked = 0;
  const auto never = [&] {
    ++asked;
    return false;
  };
  EXPECT_EQ(wait_until(clock, 10s, 4s, {}, never), Waited::timed_out);
  EXPECT_EQ(asked, 4);
}

TEST(WaitUntil, ReturnsAtOnceWhenTheConditionHolds) {
  SteppedClock clock;
  EXPECT_EQ(wait_until(clock, 0s, 1s, {}, [] { return true; }), Waited::held);
}

TEST(WaitUntil, ObeysAStopRequest) {
  SystemClock clock;
  std::stop_source source;
  source.request_stop();
  EXPECT_EQ(wait_until(clock, 60s, 60s, source.get_token(), [] { return false; }), Waited::stopped);
}

TEST(ForEachParallel, DoesEveryPieceOnceAndThrowsTheFirstFailureAtTheEnd) {
  std::atomic<int> done{0};
  const auto work = [&](std::size_t i) {
    ++done;
    if (i >= 3)
      throw Error(Code::remote, std::to_string(i));
  };
  try {
    for_each_parallel(6, 2, work);
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "3");
  }
  EXPECT_EQ(done, 6);
}

}  // namespace
}  // namespace omsctl::base
