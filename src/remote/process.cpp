#include "omsctl/remote/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <system_error>

#include <fmt/format.h>

#include "omsctl/base/error.hpp"
#include "omsctl/base/files.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/remote/child.hpp"

namespace omsctl::remote {
namespace {

using base::Fd;
using base::Milliseconds;
using base::TimePoint;
using SteadyClock = std::chrono::steady_clock;

/// How long the output of an ended child may stay open: a grandchild, or ssh's master, can hold it for ever.
constexpr Milliseconds drain_grace{500};
constexpr std::size_t chunk = 65536;
constexpr int rest_chunks = 16;  ///< 1 MiB: the largest pipe an unprivileged process can have

[[noreturn]] void fail(std::string_view what, int number) {
  throw base::Error(base::Code::internal,
                    fmt::format("cannot {}: {}", what, std::generic_category().message(number)));
}

/// No SIGPIPE for this thread while it lives; one of our own making is taken back.
class SigpipeBlock {
 public:
  SigpipeBlock() {
    ::sigemptyset(&pipe_);
    ::sigaddset(&pipe_, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  SigpipeBlock(const SigpipeBlock&) = delete;
  SigpipeBlock& operator=(const SigpipeBlock&) = delete;
  SigpipeBlock(SigpipeBlock&&) = delete;
  SigpipeBlock& operator=(SigpipeBlock&&) = delete;
  ~SigpipeBlock() {
    const timespec at_once{};
    if (::sigismember(&before_, SIGPIPE) == 0)
      ::sigtimedwait(&pipe_, nullptr, &at_once);
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  sigset_t pipe_{};
  sigset_t before_{};
};

struct Pipe {
  Fd read;
  Fd write;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    fail("make a pipe", errno);
  return {.read = Fd(ends[0]), .write = Fd(ends[1])};
}

void make_non_blocking(const Fd& fd) {
  if (::fcntl(fd.get(), F_SETFL, O_NONBLOCK) != 0)
    fail("prepare a pipe", errno);
}

/// What the child reads: `text`, a descriptor of the caller, or nothing.
class Feed {
 public:
  Feed(std::string_view text, int descriptor) : text_(text), descriptor_(descriptor) {
    if (descriptor >= 0)
      return;
    if (text.empty()) {
      child_ = base::open_for_reading("/dev/null");
      return;
    }
    Pipe pipe = make_pipe();
    child_ = std::move(pipe.read);
    ours_ = std::move(pipe.write);
    make_non_blocking(ours_);
  }

  [[nodiscard]] int child() const noexcept { return child_ ? child_.get() : descriptor_; }
  [[nodiscard]] int ours() const noexcept { return ours_.get(); }
  void close_child() noexcept { child_.close(); }
  void close() noexcept { ours_.close(); }

  void write_some() {
    const ssize_t written = ::write(ours_.get(), text_.data(), text_.size());
    if (written < 0 && (errno == EAGAIN || errno == EINTR))
      return;
    if (written > 0)
      text_.remove_prefix(static_cast<std::size_t>(written));
    if (written < 0 || text_.empty())  // a child that does not read its input to the end is no failure
      close();
  }

 private:
  std::string_view text_;
  int descriptor_;
  Fd child_;
  Fd ours_;
};

/// What the child writes: collected, handed on piece by piece, or written to a descriptor of the caller.
class Sink {
 public:
  Sink(std::function<void(std::string_view)> on_output, int descriptor, std::size_t keep)
      : on_output_(std::move(on_output)), descriptor_(descriptor), keep_(keep) {
    if (descriptor >= 0)
      return;
    Pipe pipe = make_pipe();
    child_ = std::move(pipe.write);
    ours_ = std::move(pipe.read);
    make_non_blocking(ours_);
  }

  [[nodiscard]] int child() const noexcept { return child_ ? child_.get() : descriptor_; }
  [[nodiscard]] int ours() const noexcept { return ours_.get(); }
  [[nodiscard]] bool is_open() const noexcept { return static_cast<bool>(ours_); }
  void close_child() noexcept { child_.close(); }

  /// Reads once; false when there is nothing to read just now, or never again.
  bool read_some() {
    std::array<char, chunk> buffer{};
    const ssize_t got = ::read(ours_.get(), buffer.data(), buffer.size());
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
      return false;
    if (got <= 0) {
      ours_.close();
      return false;
    }
    take({buffer.data(), static_cast<std::size_t>(got)});
    return true;
  }

  /// Reads what has been written already, and closes.
  void finish() {
    for (int i = 0; i < rest_chunks && is_open(); ++i)
      if (!read_some())
        break;
    ours_.close();
  }

  /// The text collected; `truncated` is set when some was dropped.
  std::string text(bool& truncated) {
    trim(keep_);
    truncated = truncated || dropped_;
    return std::move(text_);
  }

 private:
  void take(std::string_view piece) {
    if (on_output_) {
      on_output_(piece);
      return;
    }
    text_.append(piece);
    if (text_.size() > keep_ + keep_ / 2 + chunk)  // not at each piece: erasing moves the rest
      trim(keep_);
  }

  void trim(std::size_t size) {
    if (text_.size() <= size)
      return;
    text_.erase(0, text_.size() - size);
    dropped_ = true;
  }

  std::function<void(std::string_view)> on_output_;
  int descriptor_;
  std::size_t keep_;
  Fd child_;
  Fd ours_;
  std::string text_;
  bool dropped_ = false;
};

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
  const auto with_error = [&](std::string text) {
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
