#include "omsctl/docker/answers.hpp"

#include <map>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "omsctl/base/digest.hpp"
#include "omsctl/base/error.hpp"
#include "omsctl/base/json.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/docker/container.hpp"
#include "omsctl/docker/image.hpp"
#include "omsctl/docker/names.hpp"

#include "archive_entries.hpp"
#include "json.hpp"

namespace omsctl::docker {
namespace {

using nlohmann::json;

json parse_array(const std::string& text, std::string_view what) {
  try {
    json parsed = base::parse_json(text);
    if (parsed.is_array())
      return parsed;
  } catch (const json::exception&) {
    // Falls through to the one message: what the parser says of half a document helps nobody.
  }
  throw base::Error(base::Code::remote, fmt::format("{} answered no JSON list", what));
}

/// What each object of docker's list becomes. Another docker (or what stands in for it) may answer
/// with other types: that is an answer which cannot be used, and no defect of ours.
template <typename Made>
std::vector<Made> read_each(const std::string& text,
                            std::string_view what,
                            Made (*read)(const json& object)) {
  std::vector<Made> list;
  try {
    for (const json& object : parse_array(text, what))
      list.push_back(read(object));
  } catch (const json::exception& error) {
    throw base::Error(base::Code::remote,
                      fmt::format("{} answered in another form than Docker does: {}",
                                  what,
                                  std::string_view(error.what())));
  }
  return list;
}

/// null, false, 0, "", [] and {}: what docker prints for what nobody has asked for.
bool says_nothing(const json& value) {
  return value.is_null() || value == json(false) || value == json(0) || value == json("") ||
         (value.is_structured() && value.empty());
}

/// What `docker run` was told besides, and new containers will not be. Left out: what is read
/// elsewhere, and what docker itself fills in.
std::vector<std::string> other_settings(const json& object) {
  static const std::set<std::string> known{"Binds",
                                           "Mounts",
                                           "NetworkMode",
                                           "RestartPolicy",
                                           "PidsLimit",
                                           "Ulimits",
                                           "Privileged",
                                           "ConsoleSize",
                                           "Runtime",
                                           "Isolation",
                                           "CgroupnsMode",
                                           "MaskedPaths",
                                           "ReadonlyPaths",
                                           "SecurityOpt",
                                           "ContainerIDFile",
                                           "VolumeDriver",
                                           "PortBindings",
                                           "PublishAllPorts"};
  const std::map<std::string, json> defaults{
      {"LogConfig", json::parse(R"({"Type":"json-file","Config":{}})")},
      {"ShmSize", 67108864},
      {"IpcMode", "private"},
      {"MemorySwappiness", -1}};
  std::vector<std::string> list;
  const json host = child(object, "HostConfig");
  for (const auto& [key, value] : host.items()) {
    const auto usual = defaults.find(key);
    if (!known.contains(key) && !says_nothing(value) &&
        (usual == defaults.end() || usual->second != value))
      list.push_back(
          fmt::format("{} {}", key, value.is_string() ? value.get<std::string>() : value.dump()));
  }
  for (const json& mount : value_or<json>(object, "Mounts", json::array()))
    if (value_or<std::string>(mount, "Type", "") != "bind")
      list.push_back(fmt::format("{} {} on {}",
                                 value_or<std::string>(mount, "Type", "mount"),
                                 value_or<std::string>(mount, "Name", ""),
                                 value_or<std::string>(mount, "Destination", "")));
  const json config = child(object, "Config");
  if (const json wait = value_or<json>(config, "StopTimeout", json()); !says_nothing(wait))
    list.push_back("StopTimeout " + wait.dump());
  return list;
}

Container container_from(const json& object) {
  Container container;
  const json config = child(object, "Config");
  const json host = child(object, "HostConfig");
  container.id = value_or<std::string>(object, "Id", "");
  container.name = value_or<std::string>(object, "Name", "");
  if (container.name.starts_with('/'))
    container.name.erase(0, 1);
  if (!is_container_name(container.name))
    throw base::Error(
        base::Code::remote,
        fmt::format("docker inspect names a container \"{}\", which is no name for Docker",
                    base::printable(container.name)));
  container.state = value_or<std::string>(child(object, "State"), "Status", "");
  container.image_ref = value_or<std::string>(config, "Image", "");
  container.image_id = value_or<std::string>(object, "Image", "");
  container.environment = value_or<std::vector<std::string>>(config, "Env", {});
  container.network = value_or<std::string>(host, "NetworkMode", "");
  container.privileged = value_or<bool>(host, "Privileged", false);
  container.pids_limit = value_or<std::int64_t>(host, "PidsLimit", 0);
  for (const json& mount : value_or<json>(object, "Mounts", json::array()))
    if (value_or<std::string>(mount, "Type", "") == "bind")
      container.mounts.push_back({value_or<std::string>(mount, "Source", ""),
                                  value_or<std::string>(mount, "Destination", ""),
                                  !value_or<bool>(mount, "RW", true)});
  for (const json& limit : value_or<json>(host, "Ulimits", json::array()))
    container.ulimits.push_back({value_or<std::string>(limit, "Name", ""),
                                 value_or<std::int64_t>(limit, "Soft", 0),
                                 value_or<std::int64_t>(limit, "Hard", 0)});
  const json restart = child(host, "RestartPolicy");
  container.restart_policy = value_or<std::string>(restart, "Name", "no");
  const auto retries = value_or<std::int64_t>(restart, "MaximumRetryCount", 0);
  if (retries > 0)
    container.restart_policy += fmt::format(":{}", retries);
  container.others = other_settings(object);
  return container;
}

Image image_from(const json& object) {
  Image image;
  const json config = child(object, "Config");
  image.id = value_or<std::string>(object, "Id", "");
  image.references = value_or<std::vector<std::string>>(object, "RepoTags", {});
  image.layers = value_or<std::vector<std::string>>(child(object, "RootFS"), "Layers", {});
  image.size = value_or<std::uint64_t>(object, "Size", 0);
  image.config = canonical_config(config);
  return image;
}

}  // namespace

std::vector<Container> parse_containers(const std::string& inspect_output) {
  return read_each<Container>(inspect_output, "docker inspect", container_from);
}

std::string canonical_config(const json& config) {
  json canonical = json::object();
  for (const char* key : {"Env", "Cmd", "Entrypoint", "WorkingDir", "User"}) {
    const json part = value_or<json>(config, key, json());
    // Image stores disagree on null, "" and [] for "nothing".
    canonical[key] = part.is_null() || part.empty() || part == json("") ? json() : part;
  }
  return canonical.dump();
}

bool Image::same_as(const Image& other) const {
  return !layers.empty() && layers == other.layers && config == other.config;
}

std::vector<std::string> Image::environment() const {
  return value_or<std::vector<std::string>>(json::parse(config.empty() ? "{}" : config), "Env", {});
}

std::string Image::layers_digest() const {
  return base::sha256(json(layers).dump() + "\n");
}

std::vector<Image> parse_images(const std::string& inspect_output) {
  return read_each<Image>(inspect_output, "docker image inspect", image_from);
}

}  // namespace omsctl::docker
