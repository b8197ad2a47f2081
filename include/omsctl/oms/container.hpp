/// The OMS container: what stands where in it, and the `docker run` of another like it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "omsctl/docker/container.hpp"
#include "omsctl/docker/image.hpp"
#include "omsctl/remote/script.hpp"

namespace omsctl::oms {

/// Places inside every OMS container; fixed by the vendor (guide: docker run).
inline constexpr std::string_view config_in_container = "/home/admin/conf/config.yaml";
inline constexpr std::string_view logs_in_container = "/home/admin/logs";
inline constexpr std::string_view store_in_container = "/home/ds/store";
inline constexpr std::string_view run_in_container = "/home/ds/run";
inline constexpr std::string_view crt_in_container = "/etc/pki/nginx/oms_server.crt";
inline constexpr std::string_view key_in_container = "/etc/pki/nginx/oms_server.key";

/// An OMS container is one whose config.yaml lies where the guide puts it, and that knows its
/// OMS_HOST_IP.
[[nodiscard]] bool is_oms(const docker::Container& container);

/// The host's files and directories of a node.
struct NodePaths {
  std::string config;
  std::string logs;
  std::string store;
  std::string run;
  std::string https_crt{};  ///< empty: http
  std::string https_key{};
  [[nodiscard]] bool has_https() const { return !https_crt.empty(); }
  [[nodiscard]] bool operator==(const NodePaths&) const = default;
};

/// The paths behind a container's mounts; nullopt when one of config, logs, store, run is not
/// mounted.
[[nodiscard]] std::optional<NodePaths> paths_of(const docker::Container& container);

/// The label by which a run knows the containers that it has made.
inline constexpr std::string_view run_label = "omsctl.run";

/// A node's container to be.
struct ContainerSpec {
  std::string name;
  std::string image;
  std::string host_ip;
  NodePaths paths;
  std::vector<docker::Mount> further_mounts;
  std::vector<std::string> further_environment;  ///< KEY=value
  std::vector<docker::Ulimit> further_ulimits;
  std::string restart_policy;
  std::string run{};  ///< stands in run_label
};

/// Runs the docker command `words` with the container's name, when it is there and this run has
/// made it; holds when it is not there. A stranger's container is a failure.
[[nodiscard]] remote::Call on_own_container(const std::string& container,
                                            const std::string& run,
                                            const std::vector<std::string>& words);

/// Fails, and names it, when a container that `run` has not made mounts one of these paths of the
/// host.
[[nodiscard]] remote::Call unused_by_others(const std::vector<std::string>& paths,
                                            const std::string& run);

/// Starts the container of `spec`: makes it, or starts the one that this run has made before.
[[nodiscard]] remote::Call start_container(const ContainerSpec& spec);

/// Holds when it runs with the guide's flags from an image with layers of this digest, knows
/// `host_ip`, and has what `mounts` lists: path of the host, path in the container, and so on.
[[nodiscard]] remote::Call container_right(const std::string& container,
                                           const std::string& host_ip,
                                           const std::string& layers_sha256,
                                           const std::vector<std::string>& mounts);

/// Runs a command in it.
[[nodiscard]] remote::Call in_container(const std::string& container,
                                        const std::vector<std::string>& words);

/// A container like `model` on another host: its mounts, its own environment (less the image's,
/// OMS_HOST_IP and IS_UPGRADE), restart policy and ulimits.
[[nodiscard]] ContainerSpec like(const docker::Container& model,
                                 const docker::Image& image,
                                 const NodePaths& paths,
                                 const std::string& host_ip);

/// The guide's `docker run` for it, as argv; nothing in it is secret.
[[nodiscard]] std::vector<std::string> docker_run(const ContainerSpec& spec);

/// Its mounts besides the guide's.
[[nodiscard]] std::vector<docker::Mount> further_mounts(const docker::Container& container);

/// Where the initial container's own flags differ from the guide's, one line each, for the plan:
/// what new containers get too, and what they do not. Of variables the names alone.
[[nodiscard]] std::vector<std::string> differences_from_guide(const docker::Container& container,
                                                              const docker::Image& image);

}  // namespace omsctl::oms
