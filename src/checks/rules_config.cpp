#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "omsctl/base/error.hpp"
#include "omsctl/base/lists.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/checks/rules.hpp"
#include "omsctl/config/address.hpp"
#include "omsctl/config/values.hpp"
#include "omsctl/docker/container.hpp"

namespace omsctl::checks {
namespace {

using base::contains;
using facts::Facts;
using facts::NodeFacts;

void check_removed(const Facts& facts, Findings& findings) {
  for (const std::string& address : facts.existing())
    if (!contains(facts.target.cm_nodes, address))
      findings.push_back({"nodes.removed",
                          Severity::error,
                          address,
                          "the region has this node, but the target's cm_nodes does not",
                          "add it to cm_nodes; omsctl scales out only. To give a node up, follow "
                          "the vendor's scale-in",
                          false});
}

bool is_database_key(const std::string& key) {
  constexpr std::array<std::string_view, 3> keys{"drc_rm_db", "drc_cm_db", "drc_cm_heartbeat_db"};
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

void check_other_keys(const Facts& facts, Findings& findings) {
  for (const config::Difference& difference :
       config::differences(facts.deployed_values, facts.target_values)) {
    if (difference.key == "cm_url" || difference.key == "cm_nodes")
      continue;
    const std::string evidence = fmt::format("{}: {} on the initial node {}, {} in the target",
                                             difference.key,
                                             difference.before,
                                             facts.initial,
                                             difference.after);
    if (is_database_key(difference.key))
      findings.push_back(
          {"config.databases-differ",
           Severity::error,
           facts.choices.config_file,
           evidence,
           "nodes of one region share the three databases: take the deployment's name",
           false});
    else
      findings.push_back({"config.differs",
                          Severity::error,
                          facts.choices.config_file,
                          evidence,
                          "scale-out changes cm_url and cm_nodes only: take the initial node's "
                          "value, or change it there "
                          "first",
                          false});
  }
}

}  // namespace

void check_deployed_files(const Facts& facts, Findings& findings) {
  for (const NodeFacts& node : facts.nodes) {
    const docker::Container* container = node.oms_container(facts.choices.container);
    if (!node.runs_oms() || container == nullptr || !container->is_running())
      continue;
    const auto unreadable = [&](const std::string& evidence, const std::string& fix) {
      const std::string look = fmt::format(
          "ssh {} docker exec {} cat {}", node.address, container->name, oms::config_in_container);
      findings.push_back({"config.deployed-unreadable",
                          Severity::error,
                          node.address,
                          evidence,
                          fix.empty() ? look : fix,
                          false});
    };
    if (node.config_text.empty()) {
      unreadable(fmt::format("{} cannot be read through the container{}{}",
                             oms::config_in_container,
                             node.config_problem.empty() ? "" : ": ",
                             node.config_problem),
                 "");
      continue;
    }
    try {
      (void)config::values_of(node.config_text);
    } catch (const base::Error& error) {
      unreadable(error.what(), error.hint());
    }
    // Of another region's node nothing is written.
    if (node.existing && node.config_text != node.config_on_host)
      findings.push_back(
          {"config.stale-mount",
           Severity::error,
           node.address,
           "config.yaml on the host is not the file that the container sees: an editor replaced it",
           fmt::format(
               "restart the container so that it sees {} (ssh {} docker restart {}), after making "
               "sure which of the two is right",
               facts.paths ? facts.paths->config : "the file",
               node.address,
               container->name),
           false});
  }
}

namespace {

void check_cm_url(const Facts& facts, Findings& findings) {
  if (facts.keeps_cm_url() && facts.deployed->cm_url.text != facts.target.cm_url.text)
    findings.push_back(
        {"config.cm-url-spelling",
         Severity::error,
         facts.choices.config_file,
         fmt::format("cm_url is written {} in the target and {} in the deployment: the same place, "
                     "but programs compare the text",
                     facts.target.cm_url.text,
                     facts.deployed->cm_url.text),
         fmt::format("write it as it is there: cm_url: {}", facts.deployed->cm_url.text),
         false});
  const std::string code = std::to_string(facts.target.cm_location);
  for (const oms::RegionRow& region : facts.metadb.view.regions)
    if (region.code == code && facts.deployed && region.cm_url != facts.deployed->cm_url.text) {
      findings.push_back({"deployment.cm-url-disagrees",
                          Severity::error,
                          "MetaDB",
                          fmt::format("cluster_info says {}, config.yaml on {} says {}",
                                      region.cm_url,
                                      facts.initial,
                                      facts.deployed->cm_url.text),
                          "an earlier change was not finished: run docker_init.sh or correct the "
                          "file, then try again",
                          false});
    }
}

}  // namespace

void check_config(const Facts& facts, Findings& findings) {
  check_removed(facts, findings);
  if (!facts.deployed_values.empty())
    check_other_keys(facts, findings);
  check_deployed_files(facts, findings);
  check_cm_url(facts, findings);
}

/// All nodes would depend on the one that cm_url names.
void check_cm_url_is_shared(const Facts& facts, Findings& findings) {
  if (contains(facts.target.cm_nodes, facts.target.cm_url.host) && facts.target.cm_nodes.size() > 1)
    findings.push_back(
        {"vip.is-a-node",
         Severity::error,
         facts.choices.config_file,
         fmt::format(
             "cm_url names {}, which is one of cm_nodes: all nodes would depend on this one",
             facts.target.cm_url.host),
         "set cm_url to the VIP, load balancer or domain that leads to all nodes",
         false});
}

void check_vip(const Facts& facts, Findings& findings) {
  const config::CmUrl& vip = facts.target.cm_url;
  const auto judge = [&](int port, int facts::VipFacts::*good) {
    std::vector<std::string> silent;
    std::vector<std::string> silent_hosts;
    std::vector<std::string> unstable;
    std::size_t asked = 0;
    for (const NodeFacts& node : facts.nodes) {
      if (!node.vip || !node.connection.reachable)
        continue;
      ++asked;
      if ((*node.vip).*good == 20)
        continue;
      const std::string seen = node.vip->sample.empty() ? "no answer" : node.vip->sample;
      if ((*node.vip).*good == 0) {
        silent.push_back(fmt::format("from {}: {}", node.address, seen));
        silent_hosts.push_back(node.address);
      } else {
        unstable.push_back(
            fmt::format("from {}: {} of 20 requests answered as the initial node does, others: {}",
                        node.address,
                        (*node.vip).*good,
                        seen));
      }
    }
    const std::string where = fmt::format("{}:{}", vip.host, port);
    if (!silent.empty())
      findings.push_back(
          {"vip.unreachable",
           Severity::error,
           where,
           base::join(silent, "; "),
           silent.size() < asked
               ? fmt::format("the others get answers: look at the route and the "
                             "firewall between {} and the VIP",
                             base::join(silent_hosts, ", "))
               : "bind the VIP, balancer or domain for ports 8088 and 8089 to the "
                 "nodes that run now (guide: physical address, step 1), then try again"});
    if (!unstable.empty())
      findings.push_back({"vip.unstable",
                          Severity::error,
                          where,
                          base::join(unstable, "; "),
                          "bind only running nodes until they have joined, or switch the "
                          "balancer's health checks on"});
  };
  judge(vip.port.number, &facts::VipFacts::cm_good);
  judge(facts.target.ports.nginx.number, &facts::VipFacts::nginx_good);
}

}  // namespace omsctl::checks
