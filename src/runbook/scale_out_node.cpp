#include <algorithm>

#include <fmt/format.h>

#include "omsctl/base/text.hpp"
#include "omsctl/runbook/scale_out.hpp"
#include "omsctl/runbook/steps.hpp"

#include "book.hpp"

namespace omsctl::runbook {
namespace {

using plan::Lane;
using plan::Outage;
using plan::Stage;

Stage prepare(const Deployment& deployment) {
  Stage stage{"prepare", "Prepare the nodes", Outage::no, {}};
  for (const std::string& host : deployment.added)
    stage.lanes.push_back(prepare_new_node(deployment, host));
  for (const std::string& host : deployment.existing)
    stage.lanes.push_back(prepare_existing_node(deployment, host));
  return stage;
}

Stage quiet(const Deployment& deployment) {
  Stage stage =
      on_each("quiet",
              "Prove that all is quiet",
              Outage::inside,
              deployment.existing,
              [&](const std::string& host) { return prove_node_quiet(deployment, host); });
  stage.lanes.push_back({{prove_rows_quiet(deployment)}});
  return stage;
}

/// docker_init.sh must not run on two nodes at once: nobody knows whether it locks (oms §10).
Stage initialise_existing(const Deployment& deployment) {
  Stage stage{
      "initialise", "Re-initialise the existing nodes, one after the other", Outage::inside, {}};
  Lane lane;
  for (const std::string& host : deployment.existing)
    lane.steps.push_back(initialise(deployment, host));
  stage.lanes.push_back(lane);
  return stage;
}

Stage prove(const Deployment& deployment) {
  Stage stage = on_each("prove",
                        "Prove the existing nodes",
                        Outage::ends,
                        deployment.existing,
                        [&](const std::string& host) { return prove_node(deployment, host); });
  stage.lanes.push_back({{prove_region(deployment)}});
  return stage;
}

/// New containers start side by side, unless the image initialises itself at start: then one after
/// the other.
std::vector<Stage> join(const Deployment& deployment) {
  if (deployment.self_initialising) {
    Lane lane;
    for (const std::string& host : deployment.added) {
      lane.steps.push_back(run_container(deployment, host));
      lane.steps.push_back(prove_node(deployment, host));
    }
    return {{"join",
             "Start the new nodes, one after the other (the image initialises itself)",
             Outage::no,
             {lane}}};
  }
  std::vector<Stage> stages{on_each(
      "start", "Start the new nodes", Outage::no, deployment.added, [&](const std::string& host) {
        return run_container(deployment, host);
      })};
  if (!deployment.facts.choices.init_new_nodes)
    return stages;
  Lane lane;
  for (const std::string& host : deployment.added) {
    lane.steps.push_back(initialise(deployment, host));
    lane.steps.push_back(prove_node(deployment, host));
  }
  stages.push_back({"join", "Initialise the new nodes, one after the other", Outage::no, {lane}});
  return stages;
}

/// The physical address becomes the VIP (guide: physical address; design §5.1).
std::vector<Stage> change_cm_url(const Deployment& deployment) {
  const auto& existing = deployment.existing;
  std::vector<Stage> stages;
  stages.push_back(prepare(deployment));
  stages.push_back({"back-up", "Back up the MetaDB", Outage::no, {{back_up(deployment)}}});
  stages.push_back(
      on_each("record", "Record what runs", Outage::no, existing, [&](const std::string& host) {
        return record_programs(deployment, host);
      }));
  stages.push_back(
      on_each("stop", "Stop the programs", Outage::begins, existing, [&](const std::string& host) {
        return stop_programs(deployment, host);
      }));
  stages.push_back(quiet(deployment));
  stages.push_back(
      {"clear", "Clear the region's rows", Outage::inside, {{clear_rows(deployment)}}});
  // Taken up again before anything is deleted, a run stops and saves anew: programs may have been
  // started meanwhile.
  for (Stage& stage : stages)
    if (stage.outage != Outage::no)
      for (Lane& lane : stage.lanes)
        for (plan::Step& step : lane.steps)
          if (!step.decisive)
            step.until = "clear";
  stages.push_back(on_each(
      "re-configure", "Change config.yaml", Outage::inside, existing, [&](const std::string& host) {
        return edit_config(deployment, host);
      }));
  stages.push_back(initialise_existing(deployment));
  stages.push_back(prove(deployment));
  for (Stage& stage : join(deployment))
    stages.push_back(std::move(stage));
  stages.push_back(verify(deployment));
  return stages;
}

/// The VIP stays (guide: VIP; design §5.2): no program stops, no row is deleted.
std::vector<Stage> keep_cm_url(const Deployment& deployment) {
  std::vector<Stage> stages;
  stages.push_back(prepare(deployment));
  stages.push_back({"back-up", "Back up the MetaDB", Outage::no, {{back_up(deployment)}}});
  for (Stage& stage : join(deployment))
    stages.push_back(std::move(stage));
  stages.push_back(on_each("re-configure",
                           "Change config.yaml of the existing nodes",
                           Outage::no,
                           deployment.existing,
                           [&](const std::string& host) { return edit_config(deployment, host); }));
  if (deployment.facts.choices.reload_existing) {
    Lane lane;
    for (const std::string& host : deployment.existing)
      lane.steps.push_back(reload_config(deployment, host));
    stages.push_back({"reload", "Load it, one node after the other", Outage::no, {lane}});
  }
  stages.push_back(verify(deployment));
  return stages;
}

std::vector<std::string> notes(const Deployment& deployment) {
  const facts::Facts& facts = deployment.facts;
  std::vector<std::string> lines;
  if (facts.keeps_cm_url()) {
    lines.emplace_back("cm_url stays: no program stops and no row is deleted");
    if (!facts.choices.reload_existing)
      lines.emplace_back(
          "the new cm_nodes of the existing nodes is loaded at their next docker_init.sh; "
          "--reload-existing does it now");
  } else {
    lines.push_back(fmt::format(
        "cm_url changes from {} to {}: OMS stops on {} until it is initialised again (the vendor "
        "says 2 to 5 minutes)",
        facts.deployed->cm_url.text,
        facts.target.cm_url.text,
        base::join(deployment.existing, ", ")));
    if (facts.metadb.active_projects > 0)
      lines.push_back(base::count_of(facts.metadb.active_projects, "migration project") +
                      " not DELETED: what runs of them is interrupted meanwhile");
    for (const metadb::Dependent& dependent : facts.metadb.dependents.found)
      lines.push_back(fmt::format(
          "{} of {} that refer to {} are {} with the region's rows; they are in the snapshot, and "
          "docker_init.sh gives what they refer to new ids",
          base::count_of(dependent.rows, "row"),
          dependent.table,
          dependent.parent,
          dependent.rule == "CASCADE" ? "deleted" : "left without the reference"));
  }
  const std::vector<std::string> more = notes_on_nodes(deployment);
  lines.insert(lines.end(), more.begin(), more.end());
  return lines;
}

}  // namespace

bool nothing_to_do(const facts::Facts& facts) {
  const bool stands =
      facts.choices.goal == facts::Goal::new_region ? facts.region_stands() : facts.keeps_cm_url();
  if (!facts.added().empty() || !stands)
    return false;
  return std::all_of(facts.nodes.begin(), facts.nodes.end(), [&](const facts::NodeFacts& node) {
    return node.elsewhere || facts.has_target_config(node);
  });
}

Runbook scale_out_node(const facts::Facts& facts,
                       const std::string& run,
                       const std::string& version) {
  Runbook book;
  const Deployment deployment = deployment_of(facts, run, book.artifacts);
  book.artifacts["target.yaml"] = facts.target_text;
  write_plan(book,
             deployment,
             version,
             deployment.clears ? change_cm_url(deployment) : keep_cm_url(deployment),
             notes(deployment));
  return book;
}

}  // namespace omsctl::runbook
