/// A run's second copy on a host: where it lies, and how its archives end, where tar does not read.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace omsctl::run {

/// Where the initial node keeps the second copies of runs: a place that can be found without
/// knowing its mounts.
inline constexpr std::string_view copies_on_host = "/var/lib/omsctl/copies";

/// What follows the archive's last block: the digest of all before it, and a line break.
[[nodiscard]] inline std::string copy_seal(const std::string& sha256) {
  return sha256 + "\n";
}
inline constexpr std::size_t copy_seal_size = 65;

}  // namespace omsctl::run
