#include "omsctl/oms/container.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace omsctl::oms {

using remote::with;
namespace {

std::string mount_argument(const docker::Mount& mount) {
  // --mount and not -v: a source with a colon would change the meaning of -v. Values are CSV
  // (docker's rule).
  const auto field = [](const std::string& key, const std::string& value) {
    std::string text = key + "=" + value;
    if (text.find_first_of(",\"\n") == std::string::npos)
      return text;
    std::string quoted = "\"";
    for (const char c : text)
      quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + "\"";
  };
  std::string argument =
      "type=bind," + field("source", mount.source) + "," + field("target", mount.destination);
  return mount.read_only ? argument + ",readonly" : argument;
}

void add_mount(std::vector<std::string>& argv, const docker::Mount& mount) {
  const bool plain = mount.source.find_first_of(":,\"\n") == std::string::npos &&
                     mount.destination.find_first_of(":,\"\n") == std::string::npos;
  if (plain) {
    argv.insert(argv.end(),
                {"-v", mount.source + ":" + mount.destination + (mount.read_only ? ":ro" : "")});
  } else {
    argv.insert(argv.end(), {"--mount", mount_argument(mount)});
  }
}

bool is_guides_mount(std::string_view destination) {
  const std::set<std::string_view> fixed{config_in_container,
                                         logs_in_container,
                                         store_in_container,
                                         run_in_container,
                                         crt_in_container,
                                         key_in_container};
  return fixed.contains(destination);
}

}  // namespace

bool is_oms(const docker::Container& container) {
  return container.variable("OMS_HOST_IP") && container.host_path(config_in_container);
}

std::optional<NodePaths> paths_of(const docker::Container& container) {
  const auto config = container.host_path(config_in_container);
  const auto logs = container.host_path(logs_in_container);
  const auto store = container.host_path(store_in_container);
  const auto run = container.host_path(run_in_container);
  if (!config || !logs || !store || !run)
    return std::nullopt;
  NodePaths paths{*config, *logs, *store, *run};
  paths.https_crt = container.host_path(crt_in_container).value_or("");
  paths.https_key = container.host_path(key_in_container).value_or("");
  return paths;
}

ContainerSpec like(const docker::Container& model,
                   const docker::Image& image,
                   const NodePaths& paths,
                   const std::string& host_ip) {
  ContainerSpec spec;
  spec.name = model.name;
  spec.image = model.image_ref;
  spec.host_ip = host_ip;
  spec.paths = paths;
  spec.restart_policy = model.restart_policy;
  spec.further_mounts = further_mounts(model);
  const std::vector<std::string> of_image = image.environment();
  for (const std::string& entry : model.environment) {
    const bool own = entry.starts_with("OMS_HOST_IP=") || entry.starts_with("IS_UPGRADE=");
    if (!own && std::find(of_image.begin(), of_image.end(), entry) == of_image.end())
      spec.further_environment.push_back(entry);
  }
  for (const docker::Ulimit& limit : model.ulimits)
    if (limit.name != "nproc")
      spec.further_ulimits.push_back(limit);
  return spec;
}

std::vector<std::string> docker_run(const ContainerSpec& spec) {
  std::vector<std::string> argv{"docker", "run", "-dit", "--net", "host"};
  add_mount(argv, {spec.paths.config, std::string(config_in_container)});
  add_mount(argv, {spec.paths.logs, std::string(logs_in_container)});
  add_mount(argv, {spec.paths.store, std::string(store_in_container)});
  add_mount(argv, {spec.paths.run, std::string(run_in_container)});
  if (spec.paths.has_https()) {
    add_mount(argv, {spec.paths.https_crt, std::string(crt_in_container)});
    add_mount(argv, {spec.paths.https_key, std::string(key_in_container)});
  }
  for (const docker::Mount& mount : spec.further_mounts)
    add_mount(argv, mount);
  argv.insert(argv.end(), {"-e", "OMS_HOST_IP=" + spec.host_ip});
  for (const std::string& entry : spec.further_environment)
    argv.insert(argv.end(), {"-e", entry});
  argv.insert(argv.end(),
              {"--privileged=true", "--pids-limit", "-1", "--ulimit", "nproc=65535:65535"});
  for (const docker::Ulimit& limit : spec.further_ulimits)
    argv.insert(argv.end(),
                {"--ulimit", fmt::format("{}={}:{}", limit.name, limit.soft, limit.hard)});
  if (!spec.restart_policy.empty() && spec.restart_policy != "no")
    argv.push_back("--restart=" + spec.restart_policy);
  if (!spec.run.empty())
    argv.insert(argv.end(), {"--label", fmt::format("{}={}", run_label, spec.run)});
  argv.insert(argv.end(), {"--name", spec.name, spec.image});
  return argv;
}

std::vector<docker::Mount> further_mounts(const docker::Container& container) {
  std::vector<docker::Mount> list;
  for (const docker::Mount& mount : container.mounts)
    if (!is_guides_mount(mount.destination))
      list.push_back(mount);
  return list;
}

std::vector<std::string> differences_from_guide(const docker::Container& container,
                                                const docker::Image& image) {
  std::vector<std::string> lines;
  if (container.network != "host")
    lines.push_back(fmt::format("network is {}, the guide says host", container.network));
  if (!container.privileged)
    lines.emplace_back("not privileged, the guide says --privileged=true");
  if (container.pids_limit > 0)
    lines.push_back(fmt::format("pids limit {}, the guide says -1", container.pids_limit));
  if (container.restart_policy != "no" && !container.restart_policy.empty())
    lines.push_back(fmt::format("restart policy {}, taken over", container.restart_policy));
  for (const docker::Mount& mount : further_mounts(container))
    lines.push_back(
        fmt::format("further mount {} on {}, taken over", mount.source, mount.destination));
  for (const std::string& entry : like(container, image, {}, "").further_environment)
    lines.push_back(fmt::format("variable {}, taken over", entry.substr(0, entry.find('='))));
  for (const docker::Ulimit& limit : container.ulimits)
    if (limit != docker::Ulimit{"nproc", 65535, 65535})
      lines.push_back(fmt::format("ulimit {}={}:{}", limit.name, limit.soft, limit.hard));
  for (const std::string& setting : container.others)
    lines.push_back(fmt::format("{}: NOT taken over to new nodes", setting));
  return lines;
}

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
