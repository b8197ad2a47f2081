#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

#include "omsctl/base/text.hpp"
#include "omsctl/checks/rules.hpp"
#include "omsctl/config/address.hpp"
#include "omsctl/docker/container.hpp"
#include "omsctl/docker/names.hpp"

namespace omsctl::checks {
namespace {

using facts::Facts;
using facts::NodeFacts;

constexpr double tolerated_skew = 30;  // seconds, k0sctl's figure; OMS wants NTP (oms §5)

bool is_ip_address(const std::string& text) {
  return text.find(':') != std::string::npos ||
         (!text.empty() && text.find_first_not_of("0123456789.") == std::string::npos);
}

constexpr const char* install_it =
    "install what is missing: omsctl asks and changes the host with these commands";

std::string role(const NodeFacts& node) {
  return node.existing ? "existing node" : node.elsewhere ? "initial node" : "new node";
}

void check_connection(const NodeFacts& node, Findings& findings) {
  const remote::Connection& connection = node.connection;
  const std::string reason = fmt::format("{}: {}", role(node), connection.reason);
  if (connection.failure == "host_key") {
    findings.push_back(
        {"host.key-unknown", Severity::error, node.address, reason, connection.hint, false});
  } else if (connection.failure == "authentication") {
    findings.push_back(
        {"host.authentication", Severity::error, node.address, reason, connection.hint, false});
  } else if (connection.failure == "command") {
    findings.push_back(
        {"host.command-missing", Severity::error, node.address, reason, install_it, false});
  } else if (!connection.reachable) {
    const std::string why =
        node.existing ? "; what runs there would go on writing into the tables" : "";
    findings.push_back(
        {"host.unreachable", Severity::error, node.address, reason + why, connection.hint, false});
  } else if (!connection.privileged) {
    findings.push_back(
        {"host.privilege", Severity::error, node.address, reason, connection.hint, false});
  }
}

void check_docker(const NodeFacts& node, Findings& findings) {
  if (node.docker_problem == "missing") {
    findings.push_back({"docker.missing",
                        Severity::error,
                        node.address,
                        fmt::format("{}: there is no docker command", role(node)),
                        "install Docker 1.13 or later there",
                        false});
  } else if (!node.docker_problem.empty()) {
    findings.push_back(
        {"docker.refused",
         Severity::error,
         node.address,
         fmt::format("{}: docker answered: {}", role(node), node.docker_problem),
         fmt::format("ssh {} 'systemctl status docker', start it, then run this again",
                     node.address),
         false});
  } else {
    char* rest = nullptr;
    const long major = std::strtol(node.docker_version.c_str(), &rest, 10);
    const long minor = rest != nullptr && *rest == '.' ? std::strtol(rest + 1, nullptr, 10) : 0;
    if (major < 1 || (major == 1 && minor < 13))
      findings.push_back({"docker.version",
                          Severity::error,
                          node.address,
                          fmt::format("docker server {}", node.docker_version),
                          "OMS needs Docker 1.13 or later: services do not start below it"});
  }
}

/// Compared as addresses: IPv6 has many ways to write one.
bool owns(const NodeFacts& node, const std::string& address) {
  return std::any_of(node.own_addresses.begin(),
                     node.own_addresses.end(),
                     [&](const std::string& own) { return config::same_host(own, address); });
}

void check_same_machine(const Facts& facts, Findings& findings) {
  for (const NodeFacts& node : facts.nodes) {
    for (const NodeFacts& other : facts.nodes)
      if (&node < &other && owns(other, node.address) && owns(node, other.address))
        findings.push_back({"nodes.same-machine",
                            Severity::error,
                            node.address,
                            fmt::format("{} and {} are addresses of one machine ({})",
                                        node.address,
                                        other.address,
                                        node.hostname),
                            "name each machine once in cm_nodes"});
    const bool known =
        node.own_addresses.empty() || !is_ip_address(node.address) || owns(node, node.address);
    if (!known)
      findings.push_back(
          {"node.foreign-address",
           Severity::error,
           node.address,
           fmt::format("the machine that answers ({}) does not have this address: {}",
                       node.hostname,
                       base::join(node.own_addresses, ", ")),
           "OMS_HOST_IP must be an address of the host itself; correct cm_nodes or the ssh "
           "configuration"});
  }
}

}  // namespace

void check_hosts(const Facts& facts, Findings& findings) {
  for (const NodeFacts& node : facts.nodes) {
    check_connection(node, findings);
    if (!node.connection.reachable || !node.connection.privileged)
      continue;
    check_docker(node, findings);
    if (!node.missing_commands.empty())
      findings.push_back({"host.command-missing",
                          Severity::error,
                          node.address,
                          "there is no " + base::join(node.missing_commands, ", no "),
                          install_it,
                          false});
    if (std::abs(node.clock_skew) > tolerated_skew)
      findings.push_back({"host.clock-skew",
                          Severity::warning,
                          node.address,
                          fmt::format("its clock is {:.0f} s {} this machine's",
                                      std::abs(node.clock_skew),
                                      node.clock_skew > 0 ? "ahead of" : "behind"),
                          "OMS needs NTP on all hosts and on the MetaDB"});
  }
  check_same_machine(facts, findings);
}

/// The paths of an existing node's mounts, as its own container says them.
void check_paths(const NodeFacts& node, const docker::Container& container, Findings& findings) {
  for (const docker::Mount& mount : container.mounts)
    for (const std::string& path : {mount.source, mount.destination}) {
      const std::string problem = docker::path_problem(path);
      if (!problem.empty() && path != "/")
        findings.push_back(
            {"node.path",
             Severity::error,
             node.address,
             fmt::format(
                 R"("{}", mounted in its container "{}", {})", path, container.name, problem),
             "mount another path: this one cannot be taken over to new nodes safely",
             false});
    }
}

void check_programs(const NodeFacts& node, Findings& findings) {
  const bool some_run = !oms::running(node.programs).empty();
  for (const oms::Program& program : node.programs) {
    if (!docker::is_plain_text(program.name) || program.name.starts_with('-'))
      findings.push_back(
          {"node.program-name",
           Severity::error,
           node.address,
           fmt::format("supervisor has a program \"{}\"", program.name),
           "a program's name is UTF-8 text that does not begin with \"-\": rename it",
           false});
    if (!program.is_running() && some_run)
      findings.push_back({"node.program-not-running",
                          Severity::warning,
                          node.address,
                          fmt::format("program {} is {}", program.name, program.state),
                          "it will not be demanded of the nodes afterwards"});
  }
}

void check_init_script(const Facts& facts, const NodeFacts& node, Findings& findings) {
  const bool not_run = facts.keeps_cm_url() && node.health.self_initialising;
  if (!node.init_script && !not_run)
    findings.push_back({"node.init-missing",
                        Severity::error,
                        node.address,
                        "its OMS container has no /root/docker_init.sh that can be read",
                        "nothing could be initialised again: is this the vendor's image, whole?",
                        false});
}

void check_container(const Facts& facts, const NodeFacts& node, Findings& findings) {
  const docker::Container* container = node.oms_container(facts.choices.container);
  if (container == nullptr)
    findings.push_back(
        {"node.container-missing",
         Severity::error,
         node.address,
         "the region counts this node as its own, but there is no OMS container on it",
         "start its container again, or remove the node's row from `host` and from the old "
         "cm_nodes",
         false});
  else if (!container->is_running())
    findings.push_back(
        {"node.container-stopped",
         Severity::error,
         node.address,
         fmt::format("its OMS container \"{}\" is {}", container->name, container->state),
         fmt::format("ssh {} docker {} {}",
                     node.address,
                     container->state == "paused" ? "unpause" : "start",
                     container->name),
         false});
  else if (oms::running(node.programs).empty())
    findings.push_back(
        {"node.programs-stopped",
         Severity::error,
         node.address,
         node.programs_problem.empty()
             ? "no program in the OMS container is RUNNING"
             : "supervisor did not answer in the OMS container: " + node.programs_problem,
         fmt::format("ssh {} docker exec {} supervisorctl status", node.address, container->name)});
  else if (!oms::paths_of(*container))
    findings.push_back(
        {"node.mounts",
         Severity::error,
         node.address,
         fmt::format("its OMS container \"{}\" does not have all of {}, {}, {} and {} mounted from "
                     "the host",
                     container->name,
                     oms::config_in_container,
                     oms::logs_in_container,
                     oms::store_in_container,
                     oms::run_in_container),
         "start the container as the guide does, with -v for each of them",
         false});
  else if (container->name != facts.container_name())
    findings.push_back({"node.container-name",
                        Severity::warning,
                        node.address,
                        fmt::format(R"(its container is called "{}", the initial node's "{}")",
                                    container->name,
                                    facts.container_name()),
                        "the vendor's tools want one name on all nodes"});
  if (container != nullptr)
    check_paths(node, *container, findings);
}

namespace {

/// Nobody was found whom the nodes of a new region could be made like.
void tell_no_initial_elsewhere(const Facts& facts, Findings& findings) {
  // The other regions' nodes are known from the MetaDB alone; what it did not tell is told apart.
  if (facts.choices.from.empty() && facts.metadb.view.regions.empty())
    return;
  std::string evidence =
      "no node of another region with an OMS container was found beside those that cm_nodes names: "
      "image and mounts of the new nodes must be proven equal to one";
  if (!facts.passed_over.empty())
    evidence = "no node of another region can be asked: " + base::join(facts.passed_over, "; ");
  if (!facts.initial.empty())
    evidence =
        "no OMS container was found there: image and mounts of the new nodes must be proven "
        "equal to one";
  findings.push_back(
      {"initial.none",
       Severity::error,
       facts.initial.empty() ? "MetaDB" : facts.initial,
       evidence,
       "make one of them reachable by ssh, or say which with --from HOST and --container NAME",
       false});
}

}  // namespace

void check_existing_nodes(const Facts& facts, Findings& findings) {
  const bool for_region = facts.choices.goal == facts::Goal::new_region;
  if (for_region && (facts.initial.empty() || facts.initial_container() == nullptr)) {
    tell_no_initial_elsewhere(facts, findings);
    return;
  }
  if (facts.initial.empty() || facts.initial_container() == nullptr) {
    findings.push_back(
        {"initial.none",
         Severity::error,
         facts.initial.empty() ? "cm_nodes" : facts.initial,
         facts.choices.container.empty()
             ? "no OMS container was found on any host that could be asked"
             : fmt::format("no OMS container \"{}\" was found", facts.choices.container),
         "cm_nodes must name the initial node too; --from HOST and --container NAME say which it "
         "is",
         false});
    return;
  }
  check_certificate(facts, findings);
  for (const NodeFacts& node : facts.nodes) {
    if (!node.runs_oms() || !node.connection.reachable || !node.docker_problem.empty())
      continue;
    check_container(facts, node, findings);
    check_init_script(facts, node, findings);
    check_programs(node, findings);
  }
}

}  // namespace omsctl::checks
