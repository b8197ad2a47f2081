#include "feed.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <exception>
#include <thread>
#include <utility>

#include "omsctl/base/error.hpp"
#include "omsctl/base/files.hpp"

namespace omsctl::run {
namespace {

struct Pipe {
  base::Fd read;
  base::Fd write;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    throw base::Error(base::Code::internal, "cannot create a pipe");
  return {base::Fd(ends[0]), base::Fd(ends[1])};
}

bool write_on(int fd, std::string_view data) {
  while (!data.empty()) {
    const ssize_t written = ::write(fd, data.data(), data.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      return false;
    data.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

remote::Result feed(remote::Host& host,
                    const remote::Calls& calls,
                    const Produce& produce,
                    base::Seconds deadline,
                    const std::stop_token& stop) {
  Pipe pipe = make_pipe();
  remote::Result result;
  std::exception_ptr failure;
  {
    std::jthread source([&](const std::stop_token& over) {
      const base::Fd end = std::move(pipe.write);
      bool reader_gone = false;
      const auto sink = [&](std::string_view data) {
        reader_gone = reader_gone || !write_on(end.get(), data);
        return !reader_gone;
      };
      try {
        produce(sink, over);
      } catch (...) {
        failure = std::current_exception();
      }
    });
    const std::stop_callback with_caller(stop, [&source] { source.request_stop(); });
    // Closed before the source is asked to stop and waited for, whatever happens: one that still
    // writes gets EPIPE.
    const base::Fd end = std::move(pipe.read);
    result = host.run(
        {.script = remote::text_of(calls), .input_fd = end.get(), .deadline = deadline}, stop);
  }
  if (failure)
    std::rethrow_exception(failure);
  return result;
}

}  // namespace omsctl::run
