/// How an archive of a run's second copy ends: tar does not read that far.
#pragma once

#include <cstddef>
#include <string>

namespace omsctl::run {

/// What follows the archive's last block: the digest of all before it, and a line break.
[[nodiscard]] inline std::string copy_seal(const std::string& sha256) {
  return sha256 + "\n";
}
inline constexpr std::size_t copy_seal_size = 65;

}  // namespace omsctl::run
