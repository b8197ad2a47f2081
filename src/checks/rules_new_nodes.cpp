#include <algorithm>

#include <fmt/format.h>

#include "omsctl/base/lists.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/checks/rules.hpp"
#include "omsctl/config/settings.hpp"
#include "omsctl/docker/container.hpp"
#include "omsctl/docker/image.hpp"

namespace omsctl::checks {
namespace {

using base::contains;
using facts::Facts;
using facts::NodeFacts;
using facts::PathFacts;

/// The ports of a node and what uses each (oms §5); 8084 is supervisor's own and has no key.
std::vector<std::pair<int, std::string>> oms_ports(const config::NodePorts& ports) {
  return {{ports.cm.number, "CM"},
          {ports.nginx.number, "nginx"},
          {ports.ghana.number, "console"},
          {ports.supervisor.number, "supervisor component"},
          {ports.sshd.number, "sshd of the container"},
          {8084, "supervisord"}};
}

void check_ports(const Facts& facts, const NodeFacts& node, Findings& findings) {
  std::vector<std::string> taken;
  for (const auto& [port, use] : oms_ports(facts.target.ports))
    if (node.listening.contains(port))
      taken.push_back(fmt::format("{} ({})", port, use));
  if (!taken.empty())
    findings.push_back(
        {"ports.taken",
         Severity::error,
         node.address,
         "something listens on " + base::join(taken, ", "),
         fmt::format(
             "ssh {} \"ss -ltnp\" shows what; stop it, or set other ports in config.yaml on all "
             "nodes",
             node.address)});
}

void check_containers(const Facts& facts, const NodeFacts& node, Findings& findings) {
  for (const docker::Container& container : node.containers) {
    if (container.name == facts.container_name())
      findings.push_back({"container.name-taken",
                          Severity::error,
                          node.address,
                          fmt::format("a container \"{}\" exists there ({}, image {})",
                                      container.name,
                                      container.state,
                                      container.image_ref),
                          fmt::format("look at it; if it is not needed: ssh {} docker rm {}",
                                      node.address,
                                      container.name),
                          false});
    else if (oms::is_oms(container) && container.is_running())
      findings.push_back(
          {"node.runs-oms",
           Severity::error,
           node.address,
           fmt::format("OMS container \"{}\" runs there, but this region does not know the node",
                       container.name),
           "a host can carry one OMS container only (ports); remove it or choose another host"});
  }
}

void check_mounts(const Facts& facts, const NodeFacts& node, Findings& findings) {
  if (!facts.paths)
    return;
  const auto look = [&](const std::string& path) -> const PathFacts* {
    const auto found = node.paths.find(path);
    return found == node.paths.end() ? nullptr : &found->second;
  };
  using Kind = PathFacts::Kind;
  for (const std::string& path : {facts.paths->logs, facts.paths->store, facts.paths->run}) {
    const PathFacts* seen = look(path);
    if (seen == nullptr)
      continue;
    const bool fine = seen->kind == Kind::absent || (seen->kind == Kind::directory && seen->empty);
    if (!fine)
      findings.push_back(
          {"mount.not-empty",
           Severity::error,
           node.address,
           seen->kind == Kind::directory ? path + " is not empty"
                                         : path + " is no directory, or cannot be looked at",
           "a new node starts with empty mount directories: move what lies there away"});
  }
  std::vector<std::string> files{facts.paths->config};
  if (facts.paths->has_https() && !facts.brings_certificate())
    files.insert(files.end(), {facts.paths->https_crt, facts.paths->https_key});
  for (const std::string& path : files) {
    const PathFacts* seen = look(path);
    if (seen != nullptr && seen->kind != Kind::absent)
      findings.push_back({"mount.file-exists",
                          Severity::error,
                          node.address,
                          path + " exists already",
                          "omsctl would have to overwrite it: move it away first"});
  }
}

/// What the initial container has mounted besides must be there: docker makes an empty directory
/// of what is not.
void check_further_mounts(const Facts& facts, const NodeFacts& node, Findings& findings) {
  const NodeFacts* initial = facts.initial_node();
  if (facts.initial_container() == nullptr)
    return;
  for (const docker::Mount& mount : oms::further_mounts(*facts.initial_container())) {
    const auto here = node.paths.find(mount.source);
    const auto there = initial->paths.find(mount.source);
    if (here == node.paths.end() || there == initial->paths.end() ||
        here->second.kind == there->second.kind)
      continue;
    const bool absent = here->second.kind == PathFacts::Kind::absent;
    findings.push_back(
        {"mount.source-missing",
         Severity::error,
         node.address,
         fmt::format("{} is {}; the initial node's container has it mounted on {}",
                     mount.source,
                     absent ? "not there" : "of another kind than on the initial node",
                     mount.destination),
         fmt::format("put there what {} has under that name", facts.initial)});
  }
}

void check_image(const Facts& facts, const NodeFacts& node, Findings& findings) {
  const docker::Container* initial = facts.initial_container();
  if (initial == nullptr || !facts.image)
    return;
  for (const docker::Image& image : node.images) {
    const std::string& name = contains(image.references, initial->image_ref)
                                  ? initial->image_ref
                                  : facts.image_reference();
    if (contains(image.references, name) && !image.same_as(*facts.image))
      findings.push_back(
          {"image.other",
           Severity::error,
           node.address,
           fmt::format(
               "{} is another image there than on the initial node {} ({} layers against {})",
               name,
               facts.initial,
               image.layers.size(),
               facts.image->layers.size()),
           fmt::format(
               "docker_init.sh of another version would change the shared MetaDB; remove it: ssh "
               "{} docker rmi {}",
               node.address,
               name),
           false});
  }
}

std::string described(const docker::Image& image) {
  return fmt::format(
      "{} ({})",
      image.references.empty() ? "an image without a name" : base::join(image.references, ", "),
      base::count_of(image.layers.size(), "layer"));
}

/// `docker load` gives every image of the archive its name, and takes it from whoever has it.
void check_archives_names(const Facts& facts, const NodeFacts& node, Findings& findings) {
  if (!facts.archive || !facts.image || facts.initial_container() == nullptr ||
      facts.has_image(node))
    return;
  for (const docker::Image& loaded : facts.archive->images)
    for (const docker::Image& image : node.images)
      for (const std::string& name : image.references)
        if (contains(loaded.references, name) && name != facts.initial_container()->image_ref &&
            !image.same_as(loaded))
          findings.push_back({"image.archive-renames",
                              Severity::warning,
                              node.address,
                              fmt::format("{} is another image there than in {}: loading the "
                                          "archive takes that name from it",
                                          name,
                                          facts.choices.image_archive),
                              "give the image there another name before, where its name matters"});
}

void check_archive(const Facts& facts, Findings& findings) {
  const std::string& file = facts.choices.image_archive;
  if (file.empty())
    return;
  if (!facts.archive) {
    findings.push_back({"image.archive-missing",
                        Severity::error,
                        file,
                        "there is no such file on this machine",
                        "give --image-archive the path of the archive, or leave it out",
                        false});
    return;
  }
  if (!facts.archive->problem.empty()) {
    findings.push_back({"image.archive-broken",
                        Severity::error,
                        file,
                        facts.archive->problem,
                        facts.archive->hint,
                        false});
    return;
  }
  if (!facts.image || facts.archive->holds(*facts.image))
    return;
  std::vector<std::string> held;
  for (const docker::Image& image : facts.archive->images)
    held.push_back(described(image));
  findings.push_back(
      {"image.archive-other",
       Severity::error,
       file,
       fmt::format("it holds {}; the initial node {} runs {}, which is another image",
                   base::join(held, "; "),
                   facts.initial,
                   described(*facts.image)),
       "give the archive of the image that runs: docker_init.sh of another version would migrate "
       "the shared MetaDB. Without --image-archive it is streamed from the initial node",
       false});
}

}  // namespace

/// OMS's supervisor restarts for ever when metrics are on and nobody takes them (oms §8.8).
void check_tsdb(const Facts& facts, Findings& findings) {
  const config::TimeSeries& tsdb = facts.target.tsdb;
  for (const NodeFacts& node : facts.nodes) {
    if (node.tsdb_status.empty())
      continue;
    const bool lives = tsdb.service == "INFLUXDB"
                           ? node.tsdb_status == "204" || node.tsdb_status == "200"
                           : node.tsdb_status != "000";
    if (!lives)
      findings.push_back(
          {"tsdb.unreachable",
           Severity::error,
           node.address,
           fmt::format("{} at {} does not answer /ping from there: {}",
                       tsdb.service,
                       tsdb.url,
                       node.tsdb_status == "000" ? "no answer" : "HTTP " + node.tsdb_status),
           "start it, or open the way; with tsdb_enabled: true and no database OMS restarts its "
           "supervisor for ever"});
  }
}

void check_new_nodes(const Facts& facts, Findings& findings) {
  for (const std::string& address : facts.added()) {
    const NodeFacts* node = facts.node(address);
    if (node == nullptr || !node->connection.reachable || !node->docker_problem.empty())
      continue;
    check_containers(facts, *node, findings);
    check_ports(facts, *node, findings);
    check_mounts(facts, *node, findings);
    check_further_mounts(facts, *node, findings);
    check_image(facts, *node, findings);
    check_archives_names(facts, *node, findings);
    for (const auto& [what, problem] : node->reaches)
      if (!problem.empty())
        findings.push_back(
            {what == "MetaDB" ? "node.metadb-unreachable" : "node.peer-unreachable",
             Severity::error,
             address,
             fmt::format("no TCP connection from this node to {}",
                         what == "MetaDB" ? fmt::format("the MetaDB {}:{}",
                                                        facts.target.meta_host,
                                                        facts.target.meta_port.number)
                                          : fmt::format("the CM port of {}", what)),
             "open the way (firewall, routes, the database's allow list): OMS needs it"});
  }
  check_archive(facts, findings);
}

}  // namespace omsctl::checks
