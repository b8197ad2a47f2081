#include "omsctl/facts/gather.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "omsctl/base/lists.hpp"
#include "omsctl/config/settings.hpp"
#include "omsctl/config/values.hpp"
#include "omsctl/docker/container.hpp"
#include "omsctl/facts/host_probes.hpp"

#include "rounds.hpp"

namespace omsctl::facts {
namespace {

using base::contains;

/// The region's nodes by its rows in `host`, joined through `resource_group` (oms §2).
std::vector<std::string> nodes_by_rows(const Facts& facts) {
  const oms::TablesView& view = facts.metadb.view;
  const std::string code = std::to_string(facts.target.cm_location);
  std::vector<std::string> addresses;
  for (const oms::HostRow& host : view.hosts)
    for (const oms::GroupRow& group : view.groups)
      if (group.id == host.group_id && group.name == code && !contains(addresses, host.ip))
        addresses.push_back(host.ip);
  return addresses;
}

/// The operator's choice, else the first existing node with a running OMS container, else any that
/// has one.
std::string find_initial(const Facts& facts) {
  if (!facts.choices.from.empty())
    return facts.choices.from;
  const std::string& name = facts.choices.container;
  for (const bool demand_running : {true, false})
    for (const bool demand_existing : {true, false})
      for (const NodeFacts& node : facts.nodes) {
        const docker::Container* container = node.oms_container(name);
        if (container != nullptr && (!demand_running || container->is_running()) &&
            (!demand_existing || node.existing))
          return node.address;
      }
  return "";
}

void gather_for_nodes(Facts& facts, Rounds& rounds, remote::Fleet& fleet) {
  facts.initial = find_initial(facts);
  rounds.ask_metadb();
  rounds.add(nodes_by_rows(facts));
  rounds.mark_existing(nodes_by_rows(facts));
  rounds.ask_hosts();

  facts.initial = find_initial(facts);
  rounds.mark_existing({facts.initial});
  rounds.look_at_container();
  rounds.ask_details();
  rounds.read_deployed();
  if (!facts.deployed)
    return;
  // Nodes that only the deployed cm_nodes know: never in the MetaDB, or their rows are gone.
  rounds.add(facts.deployed->cm_nodes);
  // One that was taken for a new node is asked again, as the existing node that it is.
  for (NodeFacts& node : facts.nodes)
    if (!node.existing && contains(facts.deployed->cm_nodes, node.address))
      node.paths.clear();
  rounds.mark_existing(facts.deployed->cm_nodes);
  rounds.ask_hosts();
  rounds.ask_details();
  gather_dependents(facts, fleet);
}

/// Why `node` cannot be the initial node of a new region, or nothing.
std::string unfit(const NodeFacts& node, const std::string& container_name) {
  if (!node.connection.reachable || !node.connection.privileged)
    return node.connection.reason;
  if (!node.docker_problem.empty())
    return "docker: " + node.docker_problem;
  const docker::Container* container = node.oms_container(container_name);
  if (container == nullptr)
    return "no OMS container";
  return container->is_running() ? "" : fmt::format("its OMS container is {}", container->state);
}

void find_initial_elsewhere(Facts& facts, Rounds& rounds) {
  if (!facts.choices.from.empty()) {
    facts.initial = facts.choices.from;
    for (NodeFacts& node : facts.nodes)
      node.elsewhere = node.address == facts.initial && !node.existing &&
                       !contains(facts.target.cm_nodes, node.address);
    return;
  }
  std::vector<NodeFacts> others;
  for (const std::string& address : facts.hosts_elsewhere()) {
    others.emplace_back();
    others.back().address = address;
  }
  rounds.ask(others);
  for (NodeFacts& node : others) {
    const std::string problem = unfit(node, facts.choices.container);
    if (problem.empty()) {
      node.elsewhere = true;
      facts.initial = node.address;
      facts.nodes.push_back(node);
      return;
    }
    facts.passed_over.push_back(fmt::format("{}: {}", node.address, problem));
  }
}

void gather_for_region(Facts& facts, Rounds& rounds, remote::Fleet& fleet) {
  rounds.ask_metadb();
  if (facts.region_stands()) {
    rounds.add(nodes_by_rows(facts));
    rounds.mark_existing(nodes_by_rows(facts));
    rounds.ask_hosts();
  }
  find_initial_elsewhere(facts, rounds);
  rounds.look_at_container();
  for (NodeFacts& node : facts.nodes)
    if (node.address == facts.initial)
      ask_config(node, facts.container_on(node.address), fleet.at(node.address));
  rounds.read_deployed();  // its ports may be others than the new region's
  rounds.ask_details();
}

/// Free bytes where `directory` is, or will be.
std::optional<std::uint64_t> free_bytes(std::filesystem::path directory) {
  std::error_code error;
  while (!std::filesystem::exists(directory, error) && directory.has_relative_path())
    directory = directory.parent_path();
  const std::filesystem::space_info space = std::filesystem::space(directory, error);
  return error ? std::nullopt : std::optional<std::uint64_t>(space.available);
}

}  // namespace

Facts gather(const Choices& choices,
             const config::Settings& target,
             const std::string& target_text,
             remote::Fleet& fleet,
             const Say& say,
             const std::stop_token& stop) {
  Facts facts;
  facts.choices = choices;
  facts.target = target;
  facts.target_text = target_text;
  facts.target_values = config::values_of(target_text);
  facts.state_free_bytes = free_bytes(choices.state_dir);
  Rounds rounds(facts, fleet, say, stop);
  rounds.add(target.cm_nodes);
  if (!choices.from.empty())
    rounds.add({choices.from});
  rounds.ask_hosts();
  if (choices.goal == Goal::new_region)
    gather_for_region(facts, rounds, fleet);
  else
    gather_for_nodes(facts, rounds, fleet);
  rounds.read_archive();
  return facts;
}

}  // namespace omsctl::facts
