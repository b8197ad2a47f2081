/// Streams into a command on a host, so that nothing large is ever held whole. Private to this
/// room.
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

#include "omsctl/remote/host.hpp"
#include "omsctl/remote/script.hpp"

namespace omsctl::run {

inline constexpr base::Seconds transfer_deadline{3600};  // a 10 GB image over a slow line

/// Takes bytes; answers false when nobody reads any more.
using Sink = std::function<bool(std::string_view)>;

/// Gives bytes to the sink until there are no more, or a stop is requested.
using Produce = std::function<void(const Sink&, const std::stop_token&)>;

/// Makes the calls on the host with what `produce` gives to its sink as stdin. `produce` runs in a
/// thread of its own, and is asked to stop when `stop` is requested and when the calls have ended:
/// what it sends is of no use then. What it throws is thrown on.
[[nodiscard]] remote::Result feed(remote::Host& host,
                                  const remote::Calls& calls,
                                  const Produce& produce,
                                  base::Seconds deadline,
                                  const std::stop_token& stop);

}  // namespace omsctl::run
