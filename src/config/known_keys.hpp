/// The keys of config.yaml (oms §6).
#pragma once

#include <string>
#include <string_view>

namespace omsctl::config {

[[nodiscard]] bool is_known_key(std::string_view key);

/// The known key that `key` most likely means; empty when none is near.
[[nodiscard]] std::string nearest_known_key(std::string_view key);

}  // namespace omsctl::config
