// The question before anything is changed, asked in a real terminal.
#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "omsctl/base/error.hpp"
#include "omsctl/run/interrupt.hpp"

#include "../src/cli/execution.hpp"

namespace omsctl::cli {
namespace {

using testing::HasSubstr;

constexpr int confirmed_status = 50;
constexpr int refused_status = 51;
constexpr int hung_status = 52;

/// What a command does around its question.
int ask() {
  try {
    const run::Interrupts interrupts;
    const auto output = make_human_output(false);
    return confirmed({}, *output, interrupts.token()) ? confirmed_status : refused_status;
  } catch (const base::Error& error) {
    return base::exit_code(error.code());
  }
}

/// The command in a terminal of its own.
class Question : public testing::Test {
 protected:
  void SetUp() override {
    child_ = ::forkpty(&terminal_, nullptr, nullptr, nullptr);
    if (child_ == 0)
      ::_exit(ask());
    ASSERT_GT(child_, 0);
  }
  void TearDown() override { ::close(terminal_); }

  /// Types `keys` once the question stands there.
  void type(const std::string& keys) {
    while (said_.find("Type yes") == std::string::npos && hear()) {
    }
    ASSERT_THAT(said_, HasSubstr("Type yes"));
    ASSERT_EQ(::write(terminal_, keys.data(), keys.size()), static_cast<ssize_t>(keys.size()));
  }

  /// How the command ended, within some seconds; one that hangs is killed.
  [[nodiscard]] int status() {
    while (hear()) {
    }
    if (hung_)
      ::kill(child_, SIGKILL);
    int status = 0;
    EXPECT_EQ(::waitpid(child_, &status, 0), child_);
    return hung_ ? hung_status : WEXITSTATUS(status);
  }

 private:
  /// Reads once; false when nothing more comes.
  bool hear() {
    constexpr int patience = 20'000;  // milliseconds
    pollfd waiting{terminal_, POLLIN, 0};
    hung_ = ::poll(&waiting, 1, patience) == 0;
    if (hung_)
      return false;
    std::array<char, 4096> buffer{};
    const ssize_t got = ::read(terminal_, buffer.data(), buffer.size());
    if (got <= 0)  // the other end is closed
      return false;
    said_.append(buffer.data(), static_cast<std::size_t>(got));
    return true;
  }

  int terminal_ = -1;
  pid_t child_ = -1;
  bool hung_ = false;
  std::string said_;
};

TEST_F(Question, AnsweredWithYesIsConfirmed) {
  type("yes\n");
  EXPECT_EQ(status(), confirmed_status);
}

TEST_F(Question, AnsweredWithAnythingElseIsNot) {
  type("y\n");
  EXPECT_EQ(status(), refused_status);
}

TEST_F(Question, AtTheEndOfTheInputIsNotConfirmed) {
  type("\x04");
  EXPECT_EQ(status(), refused_status);
}

TEST_F(Question, InterruptedEndsAtOnceWith130) {
  type("\x03");
  EXPECT_EQ(status(), 130);
}

TEST_F(Question, InterruptedInTheMiddleOfAnAnswerEndsAtOnceWith130) {
  type("ye\x03");
  EXPECT_EQ(status(), 130);
}

}  // namespace
}  // namespace omsctl::cli
