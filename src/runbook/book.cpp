#include "book.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "omsctl/base/digest.hpp"
#include "omsctl/base/error.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/config/redaction.hpp"
#include "omsctl/config/values.hpp"
#include "omsctl/metadb/row_set.hpp"

#include "way_back.hpp"

namespace omsctl::runbook {
namespace {

using plan::Lane;
using plan::Outage;
using plan::Stage;

std::string target_digest(const config::Values& values) {
  std::string text;
  for (const auto& [key, value] : values) {
    if (config::is_secret_key(key))
      continue;  // a digest of few unknown bytes can be guessed
    const auto* list = std::get_if<std::vector<std::string>>(&value);
    text += fmt::format(
        "{}={}\n", key, list != nullptr ? base::join(*list, ",") : std::get<std::string>(value));
  }
  return base::sha256(text);
}

std::string facts_digest(const Deployment& deployment) {
  std::string text = deployment.layers_sha256 + "\n" + deployment.facts.container_name() + "\n";
  for (const std::string& host : deployment.existing)
    text += host + " " + base::sha256(deployment.facts.node(host)->config_text) + "\n";
  for (const metadb::RowSet& set : deployment.scope)
    text += set.database + "." + set.table + " " + set.where + "\n";
  const oms::TablesView& view = deployment.facts.metadb.view;
  for (const oms::RegionRow& region : view.regions)
    text += fmt::format("region {} {} {}\n", region.code, region.region, region.cm_url);
  for (const oms::GroupRow& group : view.groups)
    text += fmt::format("group {} {}\n", group.id, group.name);
  for (const oms::HostRow& host : view.hosts)
    text += fmt::format("host {} {}\n", host.ip, host.group_id);
  return base::sha256(text);
}

}  // namespace

void drop_empty(std::vector<Stage>& stages) {
  for (Stage& stage : stages)
    std::erase_if(stage.lanes, [](const Lane& lane) { return lane.steps.empty(); });
  std::erase_if(stages, [](const Stage& stage) { return stage.lanes.empty(); });
}

const metadb::RowSet& set_of(const Deployment& deployment, const std::string& table) {
  const auto found = std::find_if(deployment.wide.begin(),
                                  deployment.wide.end(),
                                  [&](const metadb::RowSet& set) { return set.table == table; });
  if (found == deployment.wide.end())
    throw base::Error(base::Code::internal, "no rows of " + table);
  return *found;
}

Stage verify(const Deployment& deployment) {
  std::vector<std::string> nodes = deployment.existing;
  nodes.insert(nodes.end(), deployment.added.begin(), deployment.added.end());
  Stage stage =
      on_each("verify", "Verify the whole region", Outage::no, nodes, [&](const std::string& host) {
        return verify_node(deployment, host);
      });
  stage.lanes.push_back({{verify_region(deployment), record_left(deployment)}});
  // Only where rows were deleted can they have come back under other ids.
  if (deployment.clears)
    stage.lanes.back().steps.push_back(tell_changed_ids(deployment));
  if (deployment.for_region)
    stage.lanes.push_back({{prove_others(deployment, "end")}});
  return stage;
}

std::vector<std::string> notes_on_nodes(const Deployment& deployment) {
  const facts::Facts& facts = deployment.facts;
  std::vector<std::string> lines;
  lines.push_back("every node must show RUNNING: " + base::join(deployment.programs, ", "));
  if (!deployment.demands_health)
    lines.emplace_back(
        "/oms/health does not answer on the initial node, so it is not demanded afterwards");
  if (deployment.self_initialising)
    lines.emplace_back(
        "the image initialises itself when its container starts: docker_init.sh is not run on new "
        "nodes");
  if (!facts.metadb.via.empty())
    lines.push_back("the MetaDB is reached through " + facts.metadb.via);
  for (const std::string& difference :
       oms::differences_from_guide(*facts.initial_container(), *facts.image))
    lines.push_back("initial container: " + difference);
  return lines;
}

void write_plan(Runbook& book,
                const Deployment& deployment,
                const std::string& version,
                std::vector<Stage> stages,
                std::vector<std::string> notes) {
  const facts::Facts& facts = deployment.facts;
  plan::Plan& plan = book.plan;
  plan.omsctl_version = version;
  plan.run = deployment.run;
  plan.command = deployment.for_region ? "scale-out region" : "scale-out node";
  plan.deployment = fmt::format(
      "{}:{}/{}", facts.target.meta_host, facts.target.meta_port.number, facts.target.rm_db);
  plan.region = std::to_string(facts.target.cm_location);
  plan.stages = std::move(stages);
  drop_empty(plan.stages);
  plan.back = way_back(deployment, plan.stages);
  plan.notes = std::move(notes);
  plan.target_digest = target_digest(facts.target_values);
  plan.facts_digest = facts_digest(deployment);
}

}  // namespace omsctl::runbook
