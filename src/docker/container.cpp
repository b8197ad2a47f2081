#include "omsctl/docker/container.hpp"

namespace omsctl::docker {

std::optional<std::string> Container::variable(std::string_view key) const {
  const std::string prefix = std::string(key) + "=";
  for (const std::string& entry : environment)
    if (entry.starts_with(prefix))
      return entry.substr(prefix.size());
  return std::nullopt;
}

std::optional<std::string> Container::host_path(std::string_view inside) const {
  const Mount* best = nullptr;
  for (const Mount& mount : mounts) {
    const bool fits = inside == mount.destination || inside.starts_with(mount.destination + "/");
    if (fits && (best == nullptr || mount.destination.size() > best->destination.size()))
      best = &mount;
  }
  if (best == nullptr)
    return std::nullopt;
  return best->source + std::string(inside.substr(best->destination.size()));
}

}  // namespace omsctl::docker
