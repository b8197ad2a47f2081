#include <algorithm>

#include <fmt/format.h>

#include "omsctl/config/settings.hpp"
#include "omsctl/oms/health.hpp"
#include "omsctl/oms/programs.hpp"
#include "omsctl/runbook/steps.hpp"

#include "proofs.hpp"
#include "scripts.hpp"

namespace omsctl::runbook {
namespace {

using plan::Await;
using plan::HostHolds;
using plan::Step;

constexpr int vip_requests = 20;

Await programs_run(const Deployment& deployment, const std::string& host) {
  return {HostHolds{host,
                    "the programs are RUNNING",
                    {oms::programs_run(deployment.container(host), deployment.programs)}},
          prove_deadline(deployment)};
}

Await healthy(const Deployment& deployment, const std::string& host) {
  return {HostHolds{
              host, "/oms/health says healthy", {oms::healthy(node_health_url(deployment, host))}},
          prove_deadline(deployment)};
}

Await vip_answers(const Deployment& deployment, const std::string& host) {
  const facts::HealthFacts& before = deployment.facts.initial_node()->health;
  return {
      HostHolds{host,
                fmt::format("the VIP answers {0} of {0} times on both ports", vip_requests),
                {oms::http_answers(vip_cm_url(deployment), vip_requests, before.cm_status),
                 oms::http_answers(vip_nginx_url(deployment), vip_requests, before.nginx_status)}},
      prove_deadline(deployment)};
}

/// The nodes of a region talk to each other's CM, and all of them to the MetaDB (oms §5).
Await reaches_all(const Deployment& deployment, const std::string& host) {
  const config::Settings& target = deployment.facts.target;
  remote::Calls calls{oms::reaches("the MetaDB", target.meta_host, target.meta_port.number)};
  for (const std::string& other : target.cm_nodes)
    if (other != host)
      calls.push_back(oms::reaches("node", other, target.ports.cm.number));
  return {HostHolds{host, "it reaches the MetaDB and the CM of every other node", calls},
          prove_deadline(deployment)};
}

/// Running from the right image with the guide's flags, this host's OMS_HOST_IP and the paths
/// mounted.
Await container_right(const Deployment& deployment, const std::string& host) {
  const oms::NodePaths paths = deployment.paths(host);
  std::vector<std::string> mounts{paths.logs,
                                  std::string(oms::logs_in_container),
                                  paths.store,
                                  std::string(oms::store_in_container),
                                  paths.run,
                                  std::string(oms::run_in_container)};
  if (std::find(deployment.added.begin(), deployment.added.end(), host) != deployment.added.end())
    mounts.insert(mounts.end(), {paths.config, std::string(oms::config_in_container)});
  return {HostHolds{host,
                    "the container is the right one",
                    {oms::container_right(
                        deployment.container(host), host, deployment.layers_sha256, mounts)}},
          30};
}

}  // namespace

int prove_deadline(const Deployment& deployment) {
  return std::max(10, deployment.facts.choices.init_timeout / 5);
}

remote::Calls service_proven(const Deployment& deployment, const std::string& host) {
  remote::Calls calls{oms::programs_run(deployment.container(host), deployment.programs)};
  if (deployment.demands_health)
    calls.push_back(oms::healthy(node_health_url(deployment, host)));
  return calls;
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
  step.source = deployment.source("guide: physical address, step 5: after the initialization",
                                  "guide: region, step 7: after the initialization");
  // In one go: each round trip would prolong the outage.
  const facts::HealthFacts& before = deployment.facts.initial_node()->health;
  remote::Calls calls = service_proven(deployment, host);
  calls.push_back(oms::http_answers(vip_cm_url(deployment), 1, before.cm_status));
  calls.push_back(oms::http_answers(vip_nginx_url(deployment), 1, before.nginx_status));
  step.apply = {Await{HostHolds{host, step.title, calls}, prove_deadline(deployment)}};
  return step;
}

Step prove_region(const Deployment& deployment) {
  const oms::Databases names = deployment.facts.databases();
  Step step;
  step.id = "prove.region";
  step.where = plan::at_metadb;
  step.title = fmt::format("cluster_info.cm_url is {}, host rows ONLINE",
                           deployment.facts.target.cm_url.text);
  step.source = "guide: physical address, step 5: check that cm_url in cluster_info is the VIP";
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
  step.source = "design §9; oms §4";
  step.apply = {
      container_right(deployment, host),
      Await{plan::ConfigEquals{host,
                               "config.yaml in the container has the target's values",
                               oms::in_container(deployment.container(host),
                                                 {"cat", std::string(oms::config_in_container)}),
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
  step.source = "design §9; oms §4.4";
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
