#include "omsctl/facts/facts.hpp"

#include <algorithm>

#include "omsctl/base/error.hpp"
#include "omsctl/base/lists.hpp"
#include "omsctl/config/address.hpp"
#include "omsctl/docker/container.hpp"
#include "omsctl/docker/image.hpp"
#include "omsctl/metadb/row_set.hpp"
#include "omsctl/oms/scope.hpp"

namespace omsctl::facts {
namespace {

/// The part of `path` that exists, which is no longer than what the host named.
std::string existing_part(std::string path, const std::string& nearest) {
  while (path.size() > nearest.size() && path.size() > 1)
    path.resize(std::max<std::size_t>(path.rfind('/'), 1));
  return path;
}

}  // namespace

const docker::Container* NodeFacts::oms_container(const std::string& name) const {
  const docker::Container* found = nullptr;
  for (const docker::Container& container : containers) {
    if (!oms::is_oms(container) || (!name.empty() && container.name != name))
      continue;
    // Two of them, an old one stopped beside its successor, say: the running one is the node's.
    if (found == nullptr || (!found->is_running() && container.is_running()))
      found = &container;
  }
  return found;
}

const TableFacts* MetadbFacts::table(const std::string& name) const {
  const auto found = std::find_if(
      tables.begin(), tables.end(), [&](const TableFacts& facts) { return facts.table == name; });
  return found == tables.end() ? nullptr : &*found;
}

oms::Databases Facts::databases() const {
  return {target.rm_db, target.cm_db, target.heartbeat_db};
}

oms::Scope Facts::region_scope() const {
  return oms::decide_scope(metadb.view,
                           databases(),
                           std::to_string(target.cm_location),
                           existing(),
                           choices.outside_rows,
                           choices.location_column);
}

std::vector<metadb::RowSet> Facts::saved_rows() const {
  std::vector<metadb::RowSet> sets = region_scope().sets;
  sets.insert(sets.end(), metadb.dependents.sets.begin(), metadb.dependents.sets.end());
  return sets;
}

const NodeFacts* Facts::node(const std::string& address) const {
  const auto found = std::find_if(
      nodes.begin(), nodes.end(), [&](const NodeFacts& facts) { return facts.address == address; });
  return found == nodes.end() ? nullptr : &*found;
}

const docker::Container* Facts::initial_container() const {
  const NodeFacts* node = initial_node();
  return node == nullptr ? nullptr : node->oms_container(choices.container);
}

std::vector<std::string> Facts::existing() const {
  std::vector<std::string> addresses;
  for (const NodeFacts& node : nodes)
    if (node.existing)
      addresses.push_back(node.address);
  return addresses;
}

std::vector<std::string> Facts::added() const {
  std::vector<std::string> addresses;
  for (const std::string& address : target.cm_nodes) {
    const NodeFacts* facts = node(address);
    if (facts == nullptr || !facts->existing)
      addresses.push_back(address);
  }
  return addresses;
}

std::string Facts::container_name() const {
  if (!choices.container.empty())
    return choices.container;
  const docker::Container* container = initial_container();
  return container == nullptr ? "" : container->name;
}

std::string Facts::container_on(const std::string& address) const {
  const NodeFacts* facts = node(address);
  const docker::Container* container =
      facts == nullptr || !facts->runs_oms() ? nullptr : facts->oms_container(choices.container);
  return container == nullptr ? container_name() : container->name;
}

oms::NodePaths Facts::paths_on(const std::string& address) const {
  const NodeFacts* facts = node(address);
  const docker::Container* container =
      facts == nullptr || !facts->runs_oms() ? nullptr : facts->oms_container(choices.container);
  const std::optional<oms::NodePaths> own =
      container == nullptr ? std::nullopt : oms::paths_of(*container);
  return own ? *own : paths.value_or(oms::NodePaths{});
}

const oms::RegionRow* Facts::region_of(const std::string& address) const {
  for (const oms::HostRow& host : metadb.view.hosts)
    for (const oms::GroupRow& group : metadb.view.groups)
      for (const oms::RegionRow& region : metadb.view.regions)
        if (config::same_host(host.ip, address) && group.id == host.group_id &&
            group.name == region.code)
          return &region;
  return nullptr;
}

bool Facts::region_stands() const {
  const auto same_place = [&](const oms::RegionRow& region) {
    try {
      return config::parse_cm_url(region.cm_url).same_place(target.cm_url);
    } catch (const base::Error&) {
      return false;
    }
  };
  return std::any_of(
      metadb.view.regions.begin(), metadb.view.regions.end(), [&](const oms::RegionRow& region) {
        return region.code == std::to_string(target.cm_location) &&
               region.region == target.cm_region && same_place(region);
      });
}

std::vector<std::string> Facts::hosts_elsewhere() const {
  const std::string own = region_stands() ? std::to_string(target.cm_location) : "";
  std::vector<std::string> addresses;
  for (const bool of_default : {true, false})
    for (const oms::HostRow& host : metadb.view.hosts) {
      const oms::RegionRow* region = region_of(host.ip);
      if (region != nullptr && region->is_default == of_default && region->code != own &&
          !base::contains(target.cm_nodes, host.ip) && !base::contains(addresses, host.ip))
        addresses.push_back(host.ip);
    }
  return addresses;
}

bool Facts::has_target_config(const NodeFacts& node) const {
  if (node.config_text.empty())
    return false;
  try {
    return config::differences(config::values_of(node.config_text), target_values).empty();
  } catch (const base::Error&) {
    return false;
  }
}

std::string Facts::online_status() const {
  for (const oms::HostRow& host : metadb.view.hosts)
    if (host.ip == initial && !host.status.empty())
      return host.status;
  return "ONLINE";  // oms §4.4
}

std::string Facts::image_reference() const {
  if (!choices.image.empty())
    return choices.image;
  // A tag that has been moved since the container started names another image by now: then only the
  // id is right.
  const std::string& name = initial_container()->image_ref;
  return base::contains(image->references, name) ? name : image->id;
}

bool Facts::has_image(const NodeFacts& node) const {
  const std::string name = image_reference();
  return std::any_of(node.images.begin(), node.images.end(), [&](const docker::Image& one) {
    return one.same_as(*image) && (one.id == name || base::contains(one.references, name));
  });
}

Room Facts::room_for_archive(const NodeFacts& node) const {
  Room best{"/tmp", std::nullopt};
  const oms::NodePaths mounts = paths_on(node.address);
  for (const std::string& path : {mounts.store, mounts.logs, mounts.run}) {
    const auto seen = node.paths.find(path);
    if (seen != node.paths.end() && !seen->second.nearest.empty() &&
        (!best.free_bytes || seen->second.free_bytes > best.free_bytes))
      best = {existing_part(path, seen->second.nearest), seen->second.free_bytes};
  }
  return best;
}

bool Facts::brings_certificate() const {
  return choices.goal == Goal::new_region && !choices.https_crt.empty();
}

bool Facts::keeps_cm_url() const {
  return deployed && deployed->cm_url.same_place(target.cm_url);
}

}  // namespace omsctl::facts
