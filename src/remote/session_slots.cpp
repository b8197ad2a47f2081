#include "omsctl/remote/session_slots.hpp"

#include <algorithm>

namespace omsctl::remote {

SessionSlots::Slot::~Slot() {
  if (owner_ == nullptr)
    return;
  {
    const std::lock_guard lock(owner_->mutex_);
    --owner_->taken_;
  }
  owner_->freed_.notify_all();
}

SessionSlots::Slot SessionSlots::take(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  if (!freed_.wait(lock, stop, [this] { return taken_ < limit_; }) || stop.stop_requested())
    return Slot(nullptr);
  ++taken_;
  return Slot(this);
}

bool SessionSlots::shrink() {
  const std::lock_guard lock(mutex_);
  if (limit_ <= 1)
    return false;
  limit_ = std::max<std::size_t>(1, std::min(limit_ - 1, taken_ - 1));
  return true;
}

}  // namespace omsctl::remote
