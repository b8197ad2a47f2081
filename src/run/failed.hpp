/// Errors of a step that carry the last lines of what was printed. Private to this room.
#pragma once

#include <cstddef>
#include <string>

#include "omsctl/base/error.hpp"
#include "omsctl/remote/process.hpp"

namespace omsctl::run {

/// Error{stopped} whose trace() is the last `shown` lines of `output`.
[[nodiscard]] base::Error failed(const std::string& message,
                                 const std::string& output,
                                 const std::string& hint = {},
                                 std::size_t shown = 40);

/// Throws `failed` for a command that did not do what it should: "h1: cannot write …: exit status
/// 1".
[[noreturn]] void host_failed(const std::string& host,
                              const std::string& what,
                              const remote::Result& result);

}  // namespace omsctl::run
