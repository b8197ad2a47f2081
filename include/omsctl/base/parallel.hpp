/// The same work for many hosts, side by side, at most so many at once.
#pragma once

#include <cstddef>
#include <functional>

namespace omsctl::base {

/// Calls `work(0)` … `work(count - 1)`, at most `limit` at a time, and returns when all have ended.
/// The first exception (in index order) is thrown again after the others have finished.
void for_each_parallel(std::size_t count,
                       std::size_t limit,
                       const std::function<void(std::size_t)>& work);

}  // namespace omsctl::base
