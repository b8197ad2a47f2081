#include <algorithm>

#include <fmt/format.h>

#include "omsctl/config/settings.hpp"
#include "omsctl/oms/health.hpp"
#include "omsctl/oms/programs.hpp"
#include "omsctl/remote/shell.hpp"
#include "omsctl/runbook/steps.hpp"

#include "proofs.hpp"
#include "scripts.hpp"

namespace omsctl::runbook {
namespace {

using plan::Await;
using plan::HostHolds;
using plan::Step;
using remote::command_line;

constexpr int vip_requests = 20;

Await programs_run(const Deployment& deployment, const std::string& host) {
  return {HostHolds{host,
                    "the programs are RUNNING",
                    oms::running_script(deployment.container(host), deployment.programs)},
          prove_deadline(deployment)};
}

Await healthy(const Deployment& deployment, const std::string& host) {
  return {
      HostHolds{
          host, "/oms/health says healthy", oms::healthy_script(node_health_url(deployment, host))},
      prove_deadline(deployment)};
}

Await vip_answers(const Deployment& deployment, const std::string& host) {
  const facts::HealthFacts& before = deployment.facts.initial_node()->health;
  return {
      HostHolds{
          host,
          fmt::format("the VIP answers {0} of {0} times on both ports", vip_requests),
          "(" + oms::http_answers_script(vip_cm_url(deployment), vip_requests, before.cm_status) +
              ") && (" +
              oms::http_answers_script(
                  vip_nginx_url(deployment), vip_requests, before.nginx_status) +
              ")\n"},
      prove_deadline(deployment)};
}

/// The nodes of a region talk to each other's CM, and all of them to the MetaDB (domain §5).
Await reaches_all(const Deployment& deployment, const std::string& host) {
  const config::Settings& target = deployment.facts.target;
  const auto reaches = [](const std::string& what, const std::string& address, int port) {
    return fmt::format("({}) || {{ echo {}; exit 1; }}\n",
                       oms::tcp_script(address, port),
                       remote::quote(fmt::format("to {} {}:{}", what, address, port)));
  };
  std::string script = reaches("the MetaDB", target.meta_host, target.meta_port.number);
  for (const std::string& other : target.cm_nodes)
    if (other != host)
      script += reaches("node", other, target.ports.cm.number);
  return {HostHolds{host, "it reaches the MetaDB and the CM of every other node", script},
          prove_deadline(deployment)};
}

/// Running from the right image with the guide's flags, this host's OMS_HOST_IP and the paths
/// mounted.
Await container_right(const Deployment& deployment, const std::string& host) {
  const oms::NodePaths paths = deployment.paths(host);
  std::string script =
      "(" +
      prints(
          command_line({"docker",
                        "inspect",
                        "--type",
                        "container",
                        "--format",
                        "{{.State.Status}} {{.HostConfig.NetworkMode}} {{.HostConfig.Privileged}}",
                        deployment.container(host)}),
          "running host true") +
      ") && (" +
      prints(
          command_line({"docker", "exec", deployment.container(host), "printenv", "OMS_HOST_IP"}),
          host) +
      ") && (image=$(" +
      command_line({"docker",
                    "inspect",
                    "--type",
                    "container",
                    "--format",
                    "{{.Image}}",
                    deployment.container(host)}) +
      ")\n" +
      prints(
          "docker image inspect --format '{{json .RootFS.Layers}}' \"$image\" | sha256sum | cut "
          "-c1-64",
          deployment.layers_sha256) +
      ")\n";
  std::vector<std::pair<std::string, std::string_view>> mounts{
      {paths.logs, oms::logs_in_container},
      {paths.store, oms::store_in_container},
      {paths.run, oms::run_in_container}};
  if (std::find(deployment.added.begin(), deployment.added.end(), host) != deployment.added.end())
    mounts.emplace_back(paths.config, oms::config_in_container);
  for (const auto& [source, destination] : mounts)
    script +=
        fmt::format("{} | grep -qxF {} || {{ echo {}; exit 1; }}\n",
                    command_line({"docker",
                                  "inspect",
                                  "--type",
                                  "container",
                                  "--format",
                                  "{{range .Mounts}}{{.Source}}>{{.Destination}}{{println}}{{end}}",
                                  deployment.container(host)}),
                    remote::quote(source + ">" + std::string(destination)),
                    remote::quote(fmt::format("{} is not mounted on {}", source, destination)));
  return {HostHolds{host, "the container is the right one", "set -e\n" + script}, 30};
}

}  // namespace

int prove_deadline(const Deployment& deployment) {
  return std::max(10, deployment.facts.choices.init_timeout / 5);
}

std::string code(const Deployment& deployment) {
  return std::to_string(deployment.facts.target.cm_location);
}

plan::SqlEquals cluster_info_right(const Deployment& deployment) {
  const config::Settings& target = deployment.facts.target;
  if (deployment.for_region)
    return {"cluster_info has the new region as the target says it",
            oms::region_query(deployment.facts.databases(), code(deployment)),
            {{target.cm_url.text,
              code(deployment),
              target.cm_region,
              target.cm_is_default ? "1" : "0"}}};
  return {"cluster_info has the target's cm_url",
          oms::cluster_info_query(deployment.facts.databases(), code(deployment)),
          {{deployment.facts.target.cm_url.text, code(deployment)}}};
}

std::vector<std::vector<std::string>> online(const Deployment& deployment,
                                             std::vector<std::string> nodes) {
  // ORDER BY ip sorts as text.
  std::sort(nodes.begin(), nodes.end());
  std::vector<std::vector<std::string>> rows;
  rows.reserve(nodes.size());
  for (const std::string& node : nodes)
    rows.push_back({node, deployment.facts.online_status()});
  return rows;
}

Step prove_node(const Deployment& deployment, const std::string& host) {
  Step step;
  step.id = "prove." + host;
  step.where = host;
  step.title = deployment.demands_health ? "programs RUNNING, healthy, the VIP answers"
                                         : "programs RUNNING, the VIP answers";
  step.source = deployment.source("guide, physical address, step 5: after the initialization",
                                  "guide, region, step 7: after the initialization");
  // One script: each round trip would prolong the outage.
  const facts::HealthFacts& before = deployment.facts.initial_node()->health;
  std::string script =
      "(" + oms::running_script(deployment.container(host), deployment.programs) + ") && (";
  if (deployment.demands_health)
    script += oms::healthy_script(node_health_url(deployment, host)) + ") && (";
  script += oms::http_answers_script(vip_cm_url(deployment), 1, before.cm_status) + ") && (" +
            oms::http_answers_script(vip_nginx_url(deployment), 1, before.nginx_status) + ")\n";
  step.apply = {Await{HostHolds{host, step.title, script}, prove_deadline(deployment)}};
  return step;
}

Step prove_region(const Deployment& deployment) {
  const oms::Databases names = deployment.facts.databases();
  Step step;
  step.id = "prove.region";
  step.where = plan::at_metadb;
  step.title = fmt::format("cluster_info.cm_url is {}, host rows ONLINE",
                           deployment.facts.target.cm_url.text);
  step.source = "guide, physical address, step 5: check that cm_url in cluster_info is the VIP";
  step.apply = {Await{cluster_info_right(deployment), settled_deadline},
                Await{plan::SqlEquals{"the host rows are ONLINE",
                                      oms::host_status_query(names, deployment.existing),
                                      online(deployment, deployment.existing)},
                      prove_deadline(deployment)}};
  return step;
}

Step verify_node(const Deployment& deployment, const std::string& host) {
  Step step;
  step.id = "verify." + host;
  step.where = host;
  step.title = fmt::format("container, config.yaml, programs, {}the other nodes, VIP 20 of 20",
                           deployment.demands_health ? "health, " : "");
  step.source = "design §9; domain §4";
  step.apply = {container_right(deployment, host),
                Await{plan::ConfigEquals{host,
                                         "config.yaml in the container has the target's values",
                                         command_line({"docker",
                                                       "exec",
                                                       deployment.container(host),
                                                       "cat",
                                                       std::string(oms::config_in_container)}) +
                                             "\n",
                                         "target.yaml"},
                      30},
                programs_run(deployment, host)};
  if (deployment.demands_health)
    step.apply.emplace_back(healthy(deployment, host));
  step.apply.emplace_back(reaches_all(deployment, host));
  step.apply.emplace_back(vip_answers(deployment, host));
  return step;
}

Step verify_region(const Deployment& deployment) {
  const oms::Databases names = deployment.facts.databases();
  const std::vector<std::string>& nodes = deployment.facts.target.cm_nodes;
  Step step;
  step.id = "verify.region";
  step.where = plan::at_metadb;
  step.title = "cluster_info, host rows ONLINE for exactly cm_nodes, heartbeats advance";
  step.source = "design §9; domain §4.4";
  step.apply = {
      Await{cluster_info_right(deployment), settled_deadline},
      Await{plan::SqlEquals{"the region's hosts are exactly cm_nodes, all ONLINE",
                            oms::hosts_query(names, code(deployment)),
                            online(deployment, nodes)},
            prove_deadline(deployment)},
      Await{plan::SqlAdvances{
                "every node's heartbeat advances", oms::heartbeat_query(names, nodes), nodes},
            prove_deadline(deployment)}};
  return step;
}

}  // namespace omsctl::runbook
