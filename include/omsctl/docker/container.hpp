/// A container as `docker inspect` says it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace omsctl::docker {

struct Mount {
  std::string source;
  std::string destination;
  bool read_only = false;
  [[nodiscard]] bool operator==(const Mount&) const = default;
};

struct Ulimit {
  std::string name;
  std::int64_t soft = 0;
  std::int64_t hard = 0;
  [[nodiscard]] bool operator==(const Ulimit&) const = default;
};

/// What `docker inspect` says, as far as omsctl cares.
struct Container {
  std::string id;
  std::string name;
  std::string state;      ///< running, exited, created, …
  std::string image_ref;  ///< as given to `docker run`
  std::string image_id;
  std::vector<Mount> mounts;             ///< bind mounts
  std::vector<std::string> environment;  ///< KEY=value, those of the image included
  std::string network;
  bool privileged = false;
  std::int64_t pids_limit = 0;
  std::vector<Ulimit> ulimits;
  std::string restart_policy;       ///< "no", "always", "unless-stopped", "on-failure:3"
  std::vector<std::string> others;  ///< settings that omsctl does not know: "ShmSize 1073741824"

  [[nodiscard]] bool is_running() const { return state == "running"; }
  /// The value of an environment variable.
  [[nodiscard]] std::optional<std::string> variable(std::string_view key) const;
  /// The host's path behind a path in the container, through the longest fitting bind mount.
  [[nodiscard]] std::optional<std::string> host_path(std::string_view inside) const;
};

}  // namespace omsctl::docker
