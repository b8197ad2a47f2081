#include "omsctl/remote/session_slots.hpp"

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "omsctl/base/parallel.hpp"

namespace omsctl::remote {
namespace {

TEST(SessionSlots, AreNeverTakenByMoreThanTheLimit) {
  SessionSlots slots(3);
  std::atomic<int> inside{0};
  std::atomic<int> most{0};
  base::for_each_parallel(12, 12, [&](std::size_t) {
    for (int round = 0; round < 50; ++round) {
      const SessionSlots::Slot slot = slots.take({});
      const int now = ++inside;
      int seen = most;
      while (now > seen && !most.compare_exchange_weak(seen, now)) {
      }
      --inside;
    }
  });
  EXPECT_LE(most, 3);
  EXPECT_EQ(inside, 0);
}

TEST(SessionSlots, GiveUpTheWaitWhenStopped) {
  SessionSlots slots(1);
  const SessionSlots::Slot taken = slots.take({});
  std::stop_source source;
  std::atomic<bool> answered{false};
  bool got = true;
  {
    const std::jthread waiter([&] {
      got = static_cast<bool>(slots.take(source.get_token()));
      answered = true;
    });
    EXPECT_FALSE(answered);
    source.request_stop();
  }
  EXPECT_FALSE(got);
}

TEST(SessionSlots, ShrinkToWhatTheServerAllowsButNotBelowOne) {
  SessionSlots slots(8);
  {
    const SessionSlots::Slot first = slots.take({});
    const SessionSlots::Slot second = slots.take({});
    const SessionSlots::Slot refused = slots.take({});
    EXPECT_TRUE(slots.shrink());
    EXPECT_TRUE(slots.shrink());
  }
  const SessionSlots::Slot only = slots.take({});
  EXPECT_FALSE(slots.shrink());
  std::stop_source source;
  source.request_stop();
  EXPECT_FALSE(slots.take(source.get_token()));
}

}  // namespace
}  // namespace omsctl::remote
