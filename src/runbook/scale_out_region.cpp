#include <fmt/format.h>

#include "omsctl/base/text.hpp"
#include "omsctl/config/settings.hpp"
#include "omsctl/runbook/scale_out.hpp"
#include "omsctl/runbook/steps.hpp"

#include "book.hpp"

namespace omsctl::runbook {
namespace {

using plan::Lane;
using plan::Outage;
using plan::Stage;

Stage prepare(const Deployment& deployment) {
  Stage stage{"prepare", "Prepare the new region's nodes", Outage::no, {}};
  for (const std::string& host : deployment.added)
    stage.lanes.push_back(prepare_new_node(deployment, host));
  return stage;
}

Stage back_up_all(const Deployment& deployment) {
  Lane lane{back_up(deployment)};
  lane.steps.push_back(record_others(deployment));
  return {"back-up", "Back up the MetaDB", Outage::no, {lane}};
}

/// The first node makes the region; docker_init.sh runs on one node at a time (oms §10).
std::vector<Stage> join(const Deployment& deployment) {
  Stage first{"first", "Start and initialise the region's first node", Outage::no, {{}}};
  Stage further{
      "join", "Start and initialise the other nodes, one after the other", Outage::no, {{}}};
  std::vector<std::string> joined;
  for (const std::string& host : deployment.added) {
    Lane& lane = (joined.empty() ? first : further).lanes.front();
    joined.push_back(host);
    lane.steps.push_back(run_container(deployment, host));
    if (!deployment.self_initialising)
      lane.steps.push_back(initialise(deployment, host));
    lane.steps.push_back(prove_node(deployment, host));
    for (plan::Step& step : prove_joined(deployment, joined))
      lane.steps.push_back(std::move(step));
  }
  return {first, further};
}

std::vector<std::string> notes(const Deployment& deployment) {
  const facts::Facts& facts = deployment.facts;
  const config::Settings& target = facts.target;
  std::vector<std::string> lines{
      fmt::format("region {} ({}) joins {}; heartbeat database {}",
                  target.cm_location,
                  target.cm_region,
                  base::count_of(facts.metadb.view.regions.size(), "region"),
                  target.heartbeat_db),
      fmt::format(
          "image, mounts and container are those of {}; no program of another region stops, "
          "no row of one is touched",
          facts.initial)};
  if (facts.brings_certificate())
    lines.push_back(
        fmt::format("https: certificate and key are the nodes' own, mounted where they lie: {}, {}",
                    facts.paths->https_crt,
                    facts.paths->https_key));
  if (target.cm_nodes.size() > 1)
    lines.push_back(
        fmt::format("{} must lead to {} alone until the others have joined, or look whether a node "
                    "answers",
                    target.cm_url.text,
                    target.cm_nodes.front()));
  const std::vector<std::string> more = notes_on_nodes(deployment);
  lines.insert(lines.end(), more.begin(), more.end());
  return lines;
}

}  // namespace

Runbook scale_out_region(const facts::Facts& facts,
                         const std::string& run,
                         const std::string& version) {
  Runbook book;
  const Deployment deployment = deployment_of(facts, run, book.artifacts);
  book.artifacts["target.yaml"] = facts.target_text;
  std::vector<Stage> stages{prepare(deployment), back_up_all(deployment)};
  for (Stage& stage : join(deployment))
    stages.push_back(std::move(stage));
  stages.push_back(verify(deployment));
  write_plan(book, deployment, version, std::move(stages), notes(deployment));
  return book;
}

}  // namespace omsctl::runbook
