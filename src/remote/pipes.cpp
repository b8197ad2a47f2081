#include "omsctl/remote/pipes.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <ctime>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "omsctl/base/error.hpp"

namespace omsctl::remote {
namespace {

using base::Fd;

constexpr std::size_t chunk = 65536;
constexpr int rest_chunks = 16;  // 1 MiB: the largest pipe an unprivileged process can have

[[noreturn]] void fail(std::string_view what, int number) {
  throw base::Error(base::Code::internal,
                    fmt::format("cannot {}: {}", what, std::generic_category().message(number)));
}

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

}  // namespace

SigpipeBlock::SigpipeBlock() {
  ::sigemptyset(&pipe_);
  ::sigaddset(&pipe_, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
}

SigpipeBlock::~SigpipeBlock() {
  const timespec at_once{};
  if (::sigismember(&before_, SIGPIPE) == 0)
    ::sigtimedwait(&pipe_, nullptr, &at_once);
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

Feed::Feed(std::string_view text, int descriptor) : text_(text), descriptor_(descriptor) {
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

void Feed::write_some() {
  const ssize_t written = ::write(ours_.get(), text_.data(), text_.size());
  if (written < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  if (written > 0)
    text_.remove_prefix(static_cast<std::size_t>(written));
  if (written < 0 ||
      text_.empty())  // a child that does not read its input to the end is no failure
    close();
}

Sink::Sink(std::function<void(std::string_view)> on_output, int descriptor, std::size_t keep)
    : on_output_(std::move(on_output)), descriptor_(descriptor), keep_(keep) {
  if (descriptor >= 0)
    return;
  Pipe pipe = make_pipe();
  child_ = std::move(pipe.write);
  ours_ = std::move(pipe.read);
  make_non_blocking(ours_);
}

bool Sink::read_some() {
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

void Sink::finish() {
  for (int i = 0; i < rest_chunks && is_open(); ++i)
    if (!read_some())
      break;
  ours_.close();
}

std::string Sink::text(bool& truncated) {
  trim(keep_);
  truncated = truncated || dropped_;
  return std::move(text_);
}

void Sink::take(std::string_view piece) {
  if (on_output_) {
    on_output_(piece);
    return;
  }
  text_.append(piece);
  if (text_.size() > keep_ + keep_ / 2 + chunk)  // not at each piece: erasing moves the rest
    trim(keep_);
}

void Sink::trim(std::size_t size) {
  if (text_.size() <= size)
    return;
  text_.erase(0, text_.size() - size);
  dropped_ = true;
}

}  // namespace omsctl::remote
