/// Errors of a step that carry the last lines of what was printed. Private to this room.
#pragma once

#include <cstddef>
#include <string>

#include "omsctl/base/error.hpp"

namespace omsctl::run {

/// Error{stopped} whose trace() is the last `shown` lines of `output`.
[[nodiscard]] base::Error failed(const std::string& message,
                                 const std::string& output,
                                 const std::string& hint = {},
                                 std::size_t shown = 40);

}  // namespace omsctl::run
