#include <fmt/format.h>

#include "omsctl/base/text.hpp"
#include "omsctl/runbook/steps.hpp"

#include "proofs.hpp"

namespace omsctl::runbook {
namespace {

using plan::Await;
using plan::Step;

std::vector<oms::UnchangedRows> unchanged(const Deployment& deployment) {
  const facts::Facts& facts = deployment.facts;
  return oms::rows_of_others(facts.databases(),
                             code(deployment),
                             facts.target.cm_nodes,
                             facts.metadb.table("cluster_info")->columns);
}

std::string record_of(const oms::UnchangedRows& rows) {
  return fmt::format("others.{}.json", rows.table);
}

}  // namespace

Step record_others(const Deployment& deployment) {
  Step step;
  step.id = "others";
  step.where = plan::at_metadb;
  step.title = "the other regions' rows of cluster_info, resource_group, host, as they are now";
  step.source = "design §5.3: they must be the same afterwards";
  for (const oms::UnchangedRows& rows : unchanged(deployment))
    step.apply.emplace_back(plan::RecordSql{
        "record " + rows.table + " of the other regions", rows.query, record_of(rows)});
  step.not_undone = "the record is kept";
  return step;
}

std::vector<Step> prove_joined(const Deployment& deployment,
                               const std::vector<std::string>& nodes) {
  const oms::Databases names = deployment.facts.databases();
  const std::string& node = nodes.back();
  Step step;
  step.id = "region." + node;
  step.where = plan::at_metadb;
  step.title = fmt::format("cluster_info has the region; {} ONLINE; heartbeats of {} in {}",
                           base::join(nodes, ", "),
                           node,
                           names.heartbeat);
  step.source = "design §5.3: prove; oms §4.4, §4.5";
  step.apply = {Await{cluster_info_right(deployment), settled_deadline},
                Await{plan::SqlEquals{"the hosts that have joined are ONLINE",
                                      oms::host_status_query(names, nodes),
                                      online(deployment, nodes)},
                      prove_deadline(deployment)},
                Await{plan::SqlAdvances{
                          fmt::format("the heartbeat of {} advances in {}", node, names.heartbeat),
                          oms::heartbeat_query(names, {node}),
                          {node}},
                      prove_deadline(deployment)}};
  return {step, prove_others(deployment, node)};
}

Step prove_others(const Deployment& deployment, const std::string& after) {
  const facts::Facts& facts = deployment.facts;
  Step step;
  step.id = "others." + after;
  step.where = plan::at_metadb;
  step.title = "the other regions' rows are what they were, and their CM goes on";
  step.source = "design §5.3: other regions unchanged";
  for (const oms::UnchangedRows& rows : unchanged(deployment))
    step.apply.emplace_back(
        Await{plan::SqlAsRecorded{
                  rows.table + " of the other regions is unchanged", rows.query, record_of(rows)},
              settled_deadline});
  oms::Databases names = facts.databases();
  names.heartbeat = facts.deployed->heartbeat_db;
  step.apply.emplace_back(
      Await{plan::SqlAdvances{
                fmt::format("the heartbeat of {} advances in {}", facts.initial, names.heartbeat),
                oms::heartbeat_query(names, {facts.initial}),
                {facts.initial}},
            prove_deadline(deployment)});
  return step;
}

}  // namespace omsctl::runbook
