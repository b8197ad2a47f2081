#include "omsctl/remote/process.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <limits>
#include <system_error>

#include <fmt/format.h>

#include "omsctl/base/error.hpp"
#include "omsctl/base/files.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/remote/child.hpp"
#include "omsctl/remote/pipes.hpp"

namespace omsctl::remote {
namespace {

using base::Fd;
using base::Milliseconds;
using base::TimePoint;
using SteadyClock = std::chrono::steady_clock;

/// How long the output of an ended child may stay open and silent: a grandchild, or ssh's master,
/// can hold it for ever. What still comes (ssh's master writes on a busy machine) is waited for
/// longer.
constexpr Milliseconds drain_grace{500};
constexpr Milliseconds drain_limit{10'000};

[[noreturn]] void fail(std::string_view what, int number) {
  throw base::Error(base::Code::internal,
                    fmt::format("cannot {}: {}", what, std::generic_category().message(number)));
}

TimePoint after(Milliseconds pause) {
  constexpr Milliseconds longest = std::chrono::hours(24 * 365);
  return SteadyClock::now() + std::min(pause, longest);
}

/// One child from its start to its end.
class Conversation {
 public:
  explicit Conversation(const ProcessSpec& spec)
      : grace_(spec.grace),
        feed_(spec.input, spec.input_fd),
        out_(spec.on_output, spec.output_fd, spec.keep),
        err_({}, spec.error_fd, spec.keep),
        start_(SteadyClock::now()),
        phase_end_(after(spec.deadline)),
        child_(spec.argv, {feed_.child(), out_.child(), err_.child()}, spec.own_session) {
    feed_.close_child();
    out_.close_child();
    err_.close_child();
  }

  Result run(int wake) {
    wake_ = wake;
    while (phase_ != Phase::draining || out_.is_open() || err_.is_open())
      step();
    return finish();
  }

 private:
  enum class Phase { running, asked, killed, draining };

  [[nodiscard]] int poll_timeout() const {
    if (phase_ == Phase::killed)
      return -1;
    const auto left = std::chrono::ceil<Milliseconds>(phase_end_ - SteadyClock::now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, std::numeric_limits<int>::max()));
  }

  void step() {
    const int pidfd = phase_ == Phase::draining ? -1 : child_.pidfd();
    const int wake = phase_ == Phase::running ? wake_ : -1;
    std::array<pollfd, 5> set{{{pidfd, POLLIN, 0},
                               {wake, POLLIN, 0},
                               {feed_.ours(), POLLOUT, 0},
                               {out_.ours(), POLLIN, 0},
                               {err_.ours(), POLLIN, 0}}};
    if (::poll(set.data(), set.size(), poll_timeout()) < 0 && errno != EINTR)
      fail("wait for a process", errno);
    if (set[2].revents != 0)
      feed_.write_some();
    if (set[3].revents != 0)
      out_.read_some();
    if (set[4].revents != 0)
      err_.read_some();
    if (phase_ == Phase::draining && (set[3].revents != 0 || set[4].revents != 0))
      phase_end_ = std::min(after(drain_grace), drain_end_);
    if (set[0].revents != 0)
      begin_to_drain();
    else if (set[1].revents != 0)
      ask_to_end(Ending::cancelled);
    else if (phase_ != Phase::killed && SteadyClock::now() >= phase_end_)
      next_phase();
  }

  void begin_to_drain() {
    phase_ = Phase::draining;
    phase_end_ = after(drain_grace);
    drain_end_ = after(drain_limit);
    feed_.close();
  }

  void ask_to_end(Ending why) {
    ending_ = why;
    child_.signal_group(SIGTERM);
    phase_ = Phase::asked;
    phase_end_ = after(grace_);
  }

  void next_phase() {
    switch (phase_) {
      case Phase::running:
        ask_to_end(Ending::timed_out);
        break;
      case Phase::asked:
        child_.signal_group(SIGKILL);
        phase_ = Phase::killed;
        break;
      case Phase::killed:
        break;
      case Phase::draining:
        out_.finish();
        err_.finish();
        break;
    }
  }

  Result finish() {
    Result result;
    if (ending_ != Ending::exited)  // ended by us: nothing of its group outlives it
      child_.signal_group(SIGKILL);
    const Child::Status status = child_.reap();
    (status.signalled ? result.signal : result.exit_code) = status.value;
    result.ending = ending_ == Ending::exited && status.signalled ? Ending::signalled : ending_;
    result.out = out_.text(result.truncated);
    result.err = err_.text(result.truncated);
    result.elapsed = std::chrono::duration_cast<Milliseconds>(SteadyClock::now() - start_);
    return result;
  }

  Milliseconds grace_;
  Feed feed_;
  Sink out_;
  Sink err_;
  TimePoint start_;
  TimePoint phase_end_;
  TimePoint drain_end_{};
  Child child_;
  int wake_ = -1;
  Phase phase_ = Phase::running;
  Ending ending_ = Ending::exited;
};

}  // namespace

Result run_process(const ProcessSpec& spec, const std::stop_token& stop) {
  if (stop.stop_requested()) {
    Result result;
    result.ending = Ending::cancelled;
    return result;
  }
  const Fd wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake)
    fail("make an eventfd", errno);
  const SigpipeBlock block;
  Conversation conversation(spec);
  const std::stop_callback on_stop(stop, [&wake] { ::eventfd_write(wake.get(), 1); });
  return conversation.run(wake.get());
}

std::string describe(const Result& result) {
  const auto with_error = [&](const std::string& text) {
    const auto lines = base::last_lines(base::trim(result.err), 1);
    return lines.empty() ? text : text + ": " + base::printable(base::trim(lines.front()));
  };
  switch (result.ending) {
    case Ending::exited:
      return fmt::format("exit status {}", result.exit_code);
    case Ending::signalled:
      return fmt::format("ended by signal {} ({})", result.signal, ::strsignal(result.signal));
    case Ending::timed_out:
      return fmt::format("ended at its deadline, after {}", base::human_duration(result.elapsed));
    case Ending::cancelled:
      return "cancelled";
    case Ending::unreachable:
      return with_error("unreachable");
    case Ending::unknown:
      return with_error("connection lost, it may or may not have run");
  }
  return "unknown";
}

}  // namespace omsctl::remote
