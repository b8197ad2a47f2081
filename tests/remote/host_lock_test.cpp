#include <fcntl.h>
#include <sys/file.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "omsctl/base/files.hpp"
#include "omsctl/remote/process.hpp"
#include "omsctl/remote/script.hpp"

namespace omsctl::remote {
namespace {

using testing::HasSubstr;
using testing::Not;

/// `script` after others on this machine, in a shell that finds its commands in `path` alone.
Result run_after_others(const std::string& script,
                        const std::string& path,
                        base::Seconds deadline = base::Seconds{50}) {
  return run_process({.argv = {"/usr/bin/env",
                               "PATH=" + path,
                               "/bin/sh",
                               "-c",
                               text_of(after_others({}, deadline.count())) + script}});
}

constexpr const char* usual = "/usr/bin:/bin";

TEST(LockOfAHost, IsTakenBeforeTheScriptRuns) {
  const Result result = run_after_others("echo ran\n", usual);
  EXPECT_EQ(result.out, "ran\n");
  EXPECT_EQ(result.exit_code, 0);
}

TEST(LockOfAHost, IsHeldWhileTheScriptRuns) {
  EXPECT_NE(run_after_others("flock -n /run true\n", usual).exit_code, 0);
}

TEST(LockOfAHost, ThatAnotherHoldsIsToldSo) {
  const base::Fd run(::open("/run", O_RDONLY | O_CLOEXEC));
  ASSERT_EQ(::flock(run.get(), LOCK_EX), 0);
  const Result result = run_after_others("echo ran\n", usual, base::Seconds{1});
  EXPECT_EQ(result.out, "another command of omsctl still runs here\n");
  EXPECT_NE(result.exit_code, 0);
}

TEST(LockOfAHost, CannotBeTakenWithoutFlockWhichIsToldByName) {
  const base::TempDir nothing;
  const Result result = run_after_others("echo ran\n", nothing.path().string());
  EXPECT_THAT(result.out, HasSubstr("flock"));
  EXPECT_THAT(result.out, Not(HasSubstr("another command of omsctl")));
  EXPECT_THAT(result.out, Not(HasSubstr("ran")));
  EXPECT_NE(result.exit_code, 0);
}

}  // namespace
}  // namespace omsctl::remote
