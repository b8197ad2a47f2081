#include "omsctl/oms/container.hpp"

namespace omsctl::oms {
using remote::with;

remote::Call start_container(const ContainerSpec& spec) {
  return with({"start_container", {spec.name, spec.run}}, docker_run(spec));
}

remote::Call on_own_container(const std::string& container,
                              const std::string& run,
                              const std::vector<std::string>& words) {
  return with({"on_own_container", {container, run}}, words);
}

remote::Call unused_by_others(const std::vector<std::string>& paths, const std::string& run) {
  return with({"unused_by_others", {run}}, paths);
}

remote::Call container_right(const std::string& container,
                             const std::string& host_ip,
                             const std::string& layers_sha256,
                             const std::vector<std::string>& mounts) {
  return with({"container_right", {container, host_ip, layers_sha256}}, mounts);
}

remote::Call in_container(const std::string& container, const std::vector<std::string>& words) {
  return with({"docker_exec", {container}}, words);
}

}  // namespace omsctl::oms
