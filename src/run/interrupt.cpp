#include "omsctl/run/interrupt.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>

#include "omsctl/base/error.hpp"

namespace omsctl::run {
namespace {

// The only globals: a signal handler can reach nothing else. It sets the flag, wakes the watcher,
// and no more.
volatile std::sig_atomic_t signals_seen = 0;
volatile int wake_descriptor = -1;

// What is said when the second signal ends the process; empty at first.
std::array<char, 256> last_words{};
volatile std::sig_atomic_t last_words_size = 0;

extern "C" void on_signal(int /*number*/) {
  if (signals_seen > 0) {
    [[maybe_unused]] const ssize_t said =
        ::write(STDERR_FILENO, last_words.data(), static_cast<std::size_t>(last_words_size));
    ::_exit(130);
  }
  signals_seen = 1;
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(wake_descriptor, &one, sizeof one);
}

constexpr std::array<int, 3> handled{SIGINT, SIGTERM, SIGHUP};

void install(void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  ::sigemptyset(&action.sa_mask);
  for (const int number : handled)
    ::sigaction(number, &action, nullptr);
}

}  // namespace

Interrupts::Interrupts() : wake_(::eventfd(0, EFD_CLOEXEC)) {
  if (!wake_)
    throw base::Error(base::Code::internal, "cannot create an eventfd");
  signals_seen = 0;
  wake_descriptor = wake_.get();
  watcher_ = std::jthread([this](const std::stop_token& end) {
    const std::stop_callback wake_up(end, [this] {
      const std::uint64_t one = 1;
      [[maybe_unused]] const ssize_t written = ::write(wake_.get(), &one, sizeof one);
    });
    pollfd waiting{wake_.get(), POLLIN, 0};
    while (::poll(&waiting, 1, -1) < 0) {
    }
    if (signals_seen > 0)
      source_.request_stop();
  });
  install(on_signal);
}

Interrupts::~Interrupts() {
  install(SIG_DFL);
  last_words_size = 0;
}

void Interrupts::say_when_leaving(const std::string& text) {
  last_words_size = 0;
  const std::size_t size = std::min(text.size(), last_words.size());
  std::copy_n(text.begin(), size, last_words.begin());
  last_words_size = static_cast<std::sig_atomic_t>(size);
}

}  // namespace omsctl::run
