#include <algorithm>

#include <fmt/format.h>

#include "omsctl/base/text.hpp"
#include "omsctl/metadb/database.hpp"

#include "back_steps.hpp"

namespace omsctl::runbook {
namespace {

using plan::Command;
using plan::Lane;
using plan::Outage;
using plan::Stage;
using plan::Step;

Step remove_job(const Deployment& deployment, const std::string& host) {
  Step step =
      back_step("job." + host, host, "the files of the docker_init.sh job", {"init." + host});
  step.apply = {
      Command{host, "remove the job's files", {oms::remove_job(job_on(deployment, host))}, 60}};
  step.optional = true;
  return step;
}

/// The undo of a step, when nothing else on the way back is it.
bool is_removal(const Step& step) {
  const auto is = [&](const char* prefix) { return step.id.starts_with(prefix); };
  return !step.undo.actions.empty() && !is("stop.") && !is("clear") && !is("edit.");
}

bool is_second_copy(const Step& step) {
  return step.id == "copy" || step.id == "room";
}

/// What a new node got before its container was made: its container mounts it.
bool is_mounted(const Step& step) {
  const auto is = [&](const char* prefix) { return step.id.starts_with(prefix); };
  return is("directories.") || is("config.") || is("certificates.");
}

/// A later run may have joined the node anew by then, and its container works with these files.
plan::Action see_that_no_other_uses(const Deployment& deployment, const std::string& host) {
  const oms::NodePaths paths = deployment.paths(host);
  std::vector<std::string> mounted{paths.logs, paths.store, paths.run, paths.config};
  for (const std::string& file : {paths.https_crt, paths.https_key})
    if (!file.empty())
      mounted.push_back(file);
  return Command{host,
                 "see that no container of another run uses these files",
                 {oms::unused_by_others(mounted, deployment.run)},
                 60};
}

/// Where the same removal was put already: two steps that one removal takes back.
Step* same_removal(Lane& lane, const std::vector<plan::Action>& actions) {
  for (Step& known : lane.steps)
    if (known.apply == actions)
      return &known;
  return nullptr;
}

/// In each place the newest first.
void add_removal(const Deployment& deployment, Stage& stage, const Step& step) {
  auto lane = std::find_if(stage.lanes.begin(), stage.lanes.end(), [&](const Lane& known) {
    return known.steps.front().where == step.where;
  });
  if (lane == stage.lanes.end())
    lane = stage.lanes.insert(stage.lanes.end(), Lane{});
  std::vector<plan::Action> actions = step.undo.actions;
  if (is_mounted(step) && std::find(deployment.added.begin(), deployment.added.end(), step.where) !=
                              deployment.added.end())
    actions.insert(actions.begin(), see_that_no_other_uses(deployment, step.where));
  if (Step* known = same_removal(*lane, actions)) {
    known->takes_back.push_back(step.id);
    return;
  }
  Step removal = back_step(step.id, step.where, "undo of: " + step.title, {step.id});
  removal.apply = actions;
  removal.optional = true;
  lane->steps.push_back(removal);
}

Step forget_heartbeats(const Deployment& deployment) {
  const oms::Databases names = deployment.facts.databases();
  Step step =
      back_step("heartbeats", plan::at_metadb, "the new nodes' heartbeats", writers(deployment));
  step.optional = true;
  const auto& nodes = deployment.added;
  if (deployment.for_region) {
    step.title = fmt::format("the new region's heartbeat database {}", names.heartbeat);
    step.apply = {plan::DropHeartbeats{names.heartbeat, nodes}};
    return step;
  }
  const std::string rows = fmt::format("{} WHERE {}",
                                       metadb::quote_name(names.heartbeat, "heart_beat"),
                                       oms::in_texts("host_ip", nodes));
  step.apply = {plan::TellLeftovers{
      fmt::format("rows of {} in {}.heart_beat", base::join(nodes, ", "), names.heartbeat),
      "SELECT COUNT(*) FROM " + rows,
      "DELETE FROM " + rows}};
  return step;
}

}  // namespace

std::vector<Stage> removals(const Deployment& deployment, const std::vector<Stage>& stages) {
  Stage remove{"remove", "Remove what the run has made", Outage::no, {}};
  Stage forget{"forget", "Remove the second copy", Outage::no, {}};
  for (const std::string& host : initialised_hosts(deployment))
    remove.lanes.push_back({{remove_job(deployment, host)}});
  std::vector<const Step*> newest_first = plan::steps_of(stages);
  std::reverse(newest_first.begin(), newest_first.end());
  for (const Step* step : newest_first)
    if (is_removal(*step))
      add_removal(deployment, is_second_copy(*step) ? forget : remove, *step);
  remove.lanes.push_back({{forget_heartbeats(deployment)}});
  return {remove, forget};
}

}  // namespace omsctl::runbook
