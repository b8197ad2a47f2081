#include "way_back.hpp"

#include <set>
#include <utility>

#include <fmt/format.h>

#include "omsctl/base/lists.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/oms/init_job.hpp"
#include "omsctl/oms/programs.hpp"

#include "back.hpp"
#include "book.hpp"
#include "proofs.hpp"
#include "scripts.hpp"

namespace omsctl::runbook {
namespace {

using plan::Await;
using plan::Command;
using plan::HostHolds;
using plan::Lane;
using plan::Outage;
using plan::Stage;
using plan::Step;

/// What must not be interrupted has ended by itself, before anything else.
Stage over(const Deployment& deployment) {
  Stage stage = on_each("over",
                        "Wait until no docker_init.sh runs",
                        Outage::no,
                        initialised_hosts(deployment),
                        [&](const std::string& host) {
                          const bool by_itself = deployment.self_initialising &&
                                                 base::contains(deployment.added, host);
                          Step step = guard("over." + host,
                                            host,
                                            "docker_init.sh has ended, or was never started",
                                            {(by_itself ? "run." : "init.") + host});
                          const remote::Call over =
                              by_itself ? oms::self_initialisation_over(deployment.container(host))
                                        : oms::job_over(job_on(deployment, host));
                          step.apply = {Await{HostHolds{host, "no docker_init.sh runs", {over}},
                                              deployment.facts.choices.init_timeout}};
                          return step;
                        });
  ask_anew(stage);
  return stage;
}

Stage stop_new(const Deployment& deployment) {
  return on_each(
      "stop-new", "Stop the new nodes", Outage::no, deployment.added, [&](const std::string& host) {
        Step step = guard(
            "stop-new." + host, host, "docker stop of the run's own container", {"run." + host});
        step.apply = {Command{
            host,
            "stop the new container",
            {oms::on_own_container(
                deployment.container(host), deployment.run, {"docker", "stop", "-t", "30"})},
            120,
            false,
            true}};
        step.optional = true;
        return step;
      });
}

Stage stop_existing(const Deployment& deployment) {
  return on_each("stop",
                 "Stop the programs",
                 Outage::begins,
                 deployment.existing,
                 [&](const std::string& host) {
                   const Step stop = stop_programs(deployment, host);
                   const Step quiet = prove_node_quiet(deployment, host);
                   Step step = guard("stop." + host, host, stop.title, {"clear"});
                   step.interruption = stop.interruption;
                   step.apply = stop.apply;
                   step.apply.insert(step.apply.end(), quiet.apply.begin(), quiet.apply.end());
                   return step;
                 });
}

Stage restore_rows(const Deployment& deployment) {
  Step save = guard("save",
                    plan::at_metadb,
                    "the rows as they are now, saved, read back and compared",
                    writers(deployment));
  save.apply = {plan::SnapshotRows{deployment.wide, "backup/overwritten"}};
  Step step = back_step(
      "rows", plan::at_metadb, "put the region's rows back as they were", writers(deployment));
  step.interruption = plan::Interruption::never;
  step.apply = {plan::RestoreRows{deployment.saved_rows(), deployment.wide}};
  return {"rows",
          "Put the region's rows back",
          deployment.clears ? Outage::inside : Outage::no,
          {{{save, step}}}};
}

Stage restore_configs(const Deployment& deployment) {
  return on_each(
      "config",
      "Put config.yaml back",
      deployment.clears ? Outage::inside : Outage::no,
      deployment.existing,
      [&](const std::string& host) {
        Step step = back_step(
            "edit." + host, host, "put the old config.yaml back, in place", {"edit." + host});
        step.interruption = plan::Interruption::never;
        step.apply = {plan::RestoreConfig{
            known_config(deployment, host), deployment.container(host), host + ".config.old"}};
        return step;
      });
}

/// What the edited config.yaml has made of the components is made again of the old one.
Stage start(const Deployment& deployment) {
  Stage stage{"start",
              deployment.clears ? "Start the programs" : "Load the old config.yaml",
              deployment.clears ? Outage::inside : Outage::no,
              {}};
  for (const std::string& host : deployment.existing) {
    Step load = back_step("reload." + host, host, "load the old config.yaml", {"reload." + host});
    load.apply = reload_config(deployment, host).apply;
    Lane lane{{load}};
    if (deployment.clears) {
      load = back_step("load." + host,
                       host,
                       "write the components' configuration from the old config.yaml",
                       {"edit." + host, "init." + host});
      load.apply = reload_config(deployment, host).apply;
      load.apply.resize(1);  // the programs are started by the next step
      lane.steps = {load, start_programs(deployment, host)};
    }
    stage.lanes.push_back(lane);
  }
  return stage;
}

Step prove_region_back(const Deployment& deployment) {
  const facts::Facts& facts = deployment.facts;
  const oms::Databases names = facts.databases();
  Step step = guard("prove.region",
                    plan::at_metadb,
                    "cluster_info has the old cm_url, heartbeats advance",
                    {"clear"});
  for (const oms::RegionRow& region : facts.metadb.view.regions)
    if (region.code == code(deployment))
      step.apply.emplace_back(
          Await{plan::SqlEquals{"cluster_info has the old cm_url",
                                oms::cluster_info_query(names, code(deployment)),
                                {{region.cm_url, region.code}}},
                settled_deadline});
  step.apply.emplace_back(Await{plan::SqlAdvances{"the existing nodes' heartbeats advance",
                                                  oms::heartbeat_query(names, deployment.existing),
                                                  deployment.existing},
                                prove_deadline(deployment)});
  return step;
}

/// Programs that were stopped and no more are proven by what starts them: they run again. Health is
/// asked for where rows or files were others: without the MetaDB there is none.
Stage prove_back(const Deployment& deployment) {
  Stage stage =
      on_each("prove",
              "Prove the existing nodes",
              deployment.clears ? Outage::ends : Outage::no,
              deployment.existing,
              [&](const std::string& host) {
                Step step = guard(
                    "prove." + host,
                    host,
                    deployment.demands_health ? "programs RUNNING, healthy" : "programs RUNNING",
                    {"clear", "edit." + host, "reload." + host});
                step.apply = {Await{HostHolds{host, step.title, service_proven(deployment, host)},
                                    prove_deadline(deployment)}};
                return step;
              });
  stage.lanes.push_back({{prove_region_back(deployment)}});
  return stage;
}

/// Without the ids that no step of the way forward has, and what is not needed then.
void keep_needed(std::vector<Stage>& back, const std::vector<Stage>& stages) {
  std::set<std::string> forward;
  for (const Step* step : plan::steps_of(stages))
    forward.insert(step->id);
  for (Stage& stage : back)
    for (Lane& lane : stage.lanes) {
      for (Step& step : lane.steps)
        for (Ids* ids : {&step.takes_back, &step.needed_by})
          std::erase_if(*ids, [&](const std::string& id) { return !forward.contains(id); });
      std::erase_if(lane.steps, [](const Step& step) {
        return step.takes_back.empty() && step.needed_by.empty();
      });
    }
  drop_empty(back);
}

}  // namespace

std::vector<Stage> way_back(const Deployment& deployment, const std::vector<Stage>& stages) {
  std::vector<Stage> back{over(deployment),
                          look(deployment),
                          stop_new(deployment),
                          stop_existing(deployment),
                          restore_rows(deployment),
                          restore_configs(deployment),
                          start(deployment),
                          prove_back(deployment)};
  for (Stage& stage : removals(deployment))
    back.push_back(std::move(stage));
  keep_needed(back, stages);
  return back;
}

}  // namespace omsctl::runbook
