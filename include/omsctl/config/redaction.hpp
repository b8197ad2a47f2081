/// Which keys of config.yaml are secret, and its text without their values.
#pragma once

#include <string>
#include <string_view>

namespace omsctl::config {

/// Whether `key` holds a secret (oms §6: passwords and audit keys), or is nearly one that does.
[[nodiscard]] bool is_secret_key(std::string_view key);

/// `text` with the values of secret keys replaced by [redacted], for diffs that are shown. Never
/// parses: works on broken files too.
[[nodiscard]] std::string redacted(const std::string& text);

}  // namespace omsctl::config
