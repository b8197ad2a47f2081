/// The questions put to one host, and what its answers mean.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "omsctl/docker/container.hpp"
#include "omsctl/facts/facts.hpp"

namespace omsctl::facts {

/// First round, the same for every host: who it is, its docker, containers, images, ports.
void ask_host(NodeFacts& node, remote::Host& host, const std::stop_token& stop);

/// What the second round asks about.
struct DetailQuestions {
  std::string container;                      ///< its OMS container's name, or the one it will have
  oms::NodePaths paths;                       ///< likewise
  std::vector<docker::Mount> further_mounts;  ///< of the initial node
  std::string cm_port_url;                    ///< "http://{}:8088/", {} is the node's address
  std::string nginx_url;                      ///< "http://{}:8089/oms/health"
  bool ask_vip = true;
  std::string vip_cm_url;  ///< the target's
  std::string vip_nginx_url;
  std::string tsdb_ping_url;  ///< empty: no time-series database
  std::string metadb_host;
  int metadb_port = 0;
  std::vector<std::string> existing;  ///< addresses whose CM port new nodes must reach
  int cm_port = 8088;
  bool read_certificates = false;
};
[[nodiscard]] DetailQuestions detail_questions(const Facts& facts, const std::string& address);

/// Only the config.yaml of its container: how the other questions must be put depends on it.
void ask_config(NodeFacts& node, const std::string& container, remote::Host& host);

void ask_node_details(NodeFacts& node,
                      const DetailQuestions& questions,
                      remote::Host& host,
                      const std::stop_token& stop);

/// TCP ports in state LISTEN in the text of /proc/net/tcp and tcp6.
[[nodiscard]] std::set<int> listening_ports(std::string_view proc_net_tcp);

}  // namespace omsctl::facts
