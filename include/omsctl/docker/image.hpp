/// An image as `docker image inspect` says it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace omsctl::docker {

/// An image as `docker image inspect` says it.
struct Image {
  std::string id;
  std::vector<std::string> references;  ///< name:tag
  std::vector<std::string> layers;      ///< RootFS
  std::string config;      ///< what it runs: environment, command, entry point, working directory,
                           ///< user; canonical JSON
  std::uint64_t size = 0;  ///< bytes

  /// Equal layers and config mean the same image: IDs differ between Docker's image stores (design
  /// §7).
  [[nodiscard]] bool same_as(const Image& other) const;
  /// KEY=value, as a container of it has them by itself.
  [[nodiscard]] std::vector<std::string> environment() const;
  /// As the script image_layers computes it on a host.
  [[nodiscard]] std::string layers_digest() const;
};

}  // namespace omsctl::docker
