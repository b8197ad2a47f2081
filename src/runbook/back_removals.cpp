#include <fmt/format.h>

#include "omsctl/base/text.hpp"
#include "omsctl/metadb/quote.hpp"

#include "back.hpp"

namespace omsctl::runbook {
namespace {

using plan::Lane;
using plan::Outage;
using plan::Stage;
using plan::Step;

/// Those of a new region are a database of its own. Else they are counted, and stay.
Step forget_heartbeats(const Deployment& deployment) {
  const oms::Databases names = deployment.facts.databases();
  const auto& nodes = deployment.added;
  if (deployment.for_region) {
    Step step = back_step("heartbeats",
                          plan::at_metadb,
                          "drop the new region's heartbeat database " + names.heartbeat,
                          writers(deployment));
    step.apply = {plan::DropHeartbeats{names.heartbeat, nodes}};
    return step;
  }
  const std::string rows = fmt::format("{} WHERE {}",
                                       metadb::quote_name(names.heartbeat, "heart_beat"),
                                       oms::in_texts("host_ip", nodes));
  Step step = guard("heartbeats",
                    plan::at_metadb,
                    "count the new nodes' heartbeats, which stay",
                    writers(deployment));
  step.apply = {plan::TellLeftovers{
      fmt::format("rows of {} in {}.heart_beat", base::join(nodes, ", "), names.heartbeat),
      "SELECT COUNT(*) FROM " + rows,
      "DELETE FROM " + rows}};
  return step;
}

void add(Lane& lane, std::vector<Step> steps) {
  for (Step& step : steps)
    lane.steps.push_back(std::move(step));
}

}  // namespace

std::vector<Stage> removals(const Deployment& deployment) {
  Stage remove{"remove", "Remove what the run has made", Outage::no, {}};
  for (const std::string& host : deployment.existing) {
    Lane lane{{remove_job(deployment, host)}};
    add(lane, remove_from_existing_node(deployment, host));
    remove.lanes.push_back(lane);
  }
  for (const std::string& host : deployment.added) {
    Lane lane{{remove_job(deployment, host), remove_container(deployment, host)}};
    add(lane, remove_from_new_node(deployment, host));
    remove.lanes.push_back(lane);
  }
  remove.lanes.push_back({{forget_heartbeats(deployment)}});
  Stage forget{
      "forget", "Remove the second copy", Outage::no, {{{remove_second_copy(deployment)}}}};
  for (Stage* stage : {&remove, &forget})
    for (Lane& lane : stage->lanes)
      for (Step& step : lane.steps)
        step.optional = true;
  return {remove, forget};
}

}  // namespace omsctl::runbook
