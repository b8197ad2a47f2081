#include <algorithm>

#include "omsctl/base/lists.hpp"
#include "omsctl/config/settings.hpp"
#include "omsctl/facts/gather.hpp"

namespace omsctl::facts {
namespace {

/// Nodes of the region by its rows, and those that cm_nodes names and no other region owns.
std::vector<std::string> nodes_of_region(const Facts& facts, const std::string& code) {
  std::vector<std::string> nodes;
  for (const oms::HostRow& host : facts.metadb.view.hosts) {
    const oms::RegionRow* owner = facts.region_of(host.ip);
    const bool named = base::contains(facts.target.cm_nodes, host.ip);
    if ((owner == nullptr ? named : owner->code == code) && !base::contains(nodes, host.ip))
      nodes.push_back(host.ip);
  }
  return nodes;
}

}  // namespace

Facts gather_rows(const Choices& choices,
                  const config::Settings& target,
                  const std::string& via,
                  remote::Fleet& fleet) {
  Facts facts;
  facts.choices = choices;
  facts.choices.metadb_via = via.empty() ? "direct" : via;
  facts.target = target;
  gather_metadb(facts, fleet);
  for (const std::string& address : nodes_of_region(facts, std::to_string(target.cm_location))) {
    NodeFacts node;
    node.address = address;
    node.existing = true;
    facts.nodes.push_back(std::move(node));
  }
  gather_dependents(facts, fleet);
  return facts;
}

}  // namespace omsctl::facts
