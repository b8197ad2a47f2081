/// Which omsctl this is.
#pragma once

#include <string_view>

namespace omsctl::base {

/// "0.1.0".
[[nodiscard]] std::string_view version() noexcept;

}  // namespace omsctl::base
