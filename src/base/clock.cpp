#include "omsctl/base/clock.hpp"

#include <algorithm>
#include <ctime>

#include <fmt/chrono.h>

namespace omsctl::base {

TimePoint SystemClock::now() const {
  return std::chrono::steady_clock::now();
}

bool SystemClock::pause(Milliseconds pause, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::unique_lock lock(mutex);
  changed.wait_for(lock, stop, pause, [] { return false; });
  return !stop.stop_requested();
}

Waited wait_until(Clock& clock,
                  Milliseconds deadline,
                  Milliseconds interval,
                  const std::stop_token& stop,
                  const std::function<bool()>& condition) {
  const TimePoint end = clock.now() + deadline;
  for (;;) {
    if (condition())
      return Waited::held;
    const TimePoint now = clock.now();
    if (now >= end)
      return Waited::timed_out;
    const auto left = std::chrono::ceil<Milliseconds>(end - now);
    if (!clock.pause(std::min(interval, left), stop))
      return Waited::stopped;
  }
}

std::string utc_now() {
  const auto now = std::chrono::floor<Milliseconds>(std::chrono::system_clock::now());
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(now)),
                     now.time_since_epoch().count() % 1000);
}

Milliseconds since_utc(const std::string& utc) {
  std::tm parts{};
  const char* rest = ::strptime(utc.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  if (rest == nullptr)
    return Milliseconds{0};
  const auto then = std::chrono::system_clock::from_time_t(::timegm(&parts));
  const auto passed =
      std::chrono::duration_cast<Milliseconds>(std::chrono::system_clock::now() - then);
  return std::max(passed, Milliseconds{0});
}

}  // namespace omsctl::base
