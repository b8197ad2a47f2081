/// How many sessions one connection carries at a time.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <stop_token>

namespace omsctl::remote {

/// Places for sessions. Unlike a std::counting_semaphore the wait for one can be stopped, and the
/// number shrinks when the server turns out to allow fewer (MaxSessions).
class SessionSlots {
 public:
  explicit SessionSlots(std::size_t limit) : limit_(limit) {}

  /// One place, given back at the end of its life.
  class Slot {
   public:
    explicit Slot(SessionSlots* owner) noexcept : owner_(owner) {}
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;
    Slot(Slot&& other) noexcept : owner_(other.owner_) { other.owner_ = nullptr; }
    Slot& operator=(Slot&&) = delete;
    ~Slot();

    /// False when the wait was stopped.
    [[nodiscard]] explicit operator bool() const noexcept { return owner_ != nullptr; }

   private:
    SessionSlots* owner_;
  };

  /// Waits for a free place or for `stop`.
  [[nodiscard]] Slot take(const std::stop_token& stop);
  /// One session more than allowed was tried by the holder of a slot: there are fewer places from
  /// now on. False when there is only one left: then it was not for their number that it was
  /// refused.
  [[nodiscard]] bool shrink();

 private:
  std::mutex mutex_;
  std::condition_variable_any freed_;
  std::size_t limit_;
  std::size_t taken_ = 0;
};

}  // namespace omsctl::remote
