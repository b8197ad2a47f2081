/// Time, and the one way to wait: for a condition, with a deadline.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>

namespace omsctl::base {

using namespace std::chrono_literals;
using Seconds = std::chrono::seconds;
using Milliseconds = std::chrono::milliseconds;
using TimePoint = std::chrono::steady_clock::time_point;

/// Where time comes from: the system, or a test that steps it.
class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  Clock(Clock&&) = delete;
  Clock& operator=(Clock&&) = delete;
  virtual ~Clock() = default;

  [[nodiscard]] virtual TimePoint now() const = 0;
  /// Blocks for `pause` or until `stop` is requested; false when stopped.
  virtual bool pause(Milliseconds pause, const std::stop_token& stop) = 0;
};

/// The system's clock.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const override;
  bool pause(Milliseconds pause, const std::stop_token& stop) override;
};

enum class Waited { held, timed_out, stopped };

/// Asks `condition` at once and then every `interval` until it holds, `deadline` has passed or
/// `stop` is requested. The condition is asked at least once.
[[nodiscard]] Waited wait_until(Clock& clock,
                                Milliseconds deadline,
                                Milliseconds interval,
                                const std::stop_token& stop,
                                const std::function<bool()>& condition);

/// Now in UTC as 2026-11-22T15:11:00.123Z, for journals and logs.
[[nodiscard]] std::string utc_now();

/// How long ago that was, by the system's clock; zero for a time to come, or for no such time.
[[nodiscard]] Milliseconds since_utc(const std::string& utc);

}  // namespace omsctl::base
