/// The entries of an image archive, and what its manifest says of them. Private to this room.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "omsctl/docker/image.hpp"

namespace omsctl::docker {

/// Bytes of a JSON text that is kept; those of real images take some ten thousand.
inline constexpr std::size_t longest_json = 4UL << 20U;

struct ArchiveEntries {
  std::set<std::string> names;
  std::map<std::string, std::string> texts;  ///< name → content, of what may be JSON
};

/// The images that manifest.json names. Throws Error{storage} for anything that Docker did not
/// write.
[[nodiscard]] std::vector<Image> images_in(const ArchiveEntries& entries);

/// What an image runs, of a `config` object of Docker or OCI, as Image::config holds it.
[[nodiscard]] std::string canonical_config(const nlohmann::json& config);

}  // namespace omsctl::docker
