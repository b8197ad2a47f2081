#include "way_back.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "omsctl/base/lists.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/oms/health.hpp"
#include "omsctl/oms/init_job.hpp"
#include "omsctl/oms/programs.hpp"

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

using Ids = std::vector<std::string>;

constexpr const char* design = "design §5.4: rollback";

Step back_step(const std::string& id, const std::string& where, std::string title, Ids takes_back) {
  Step step;
  step.id = "back." + id;
  step.where = where;
  step.title = std::move(title);
  step.source = design;
  step.takes_back = std::move(takes_back);
  return step;
}

Ids each(const char* prefix, const std::vector<std::string>& hosts) {
  Ids ids;
  for (const std::string& host : hosts)
    ids.push_back(prefix + host);
  return ids;
}

/// The steps after which rows are others than before.
Ids writers(const Deployment& deployment) {
  if (deployment.clears)
    return {"clear"};
  Ids ids = each("run.", deployment.added);
  for (const std::string& id : each("init.", deployment.added))
    ids.push_back(id);
  return ids;
}

oms::JobPlace job_on(const Deployment& deployment, const std::string& host) {
  return oms::job_place(deployment.container(host), deployment.paths(host).logs, deployment.run);
}

std::vector<std::string> initialised_hosts(const Deployment& deployment) {
  std::vector<std::string> hosts;
  if (deployment.clears)
    hosts = deployment.existing;
  hosts.insert(hosts.end(), deployment.added.begin(), deployment.added.end());
  return hosts;
}

/// A rollback that is called again looks again, until the first row is back.
void ask_anew(Stage& stage) {
  for (Lane& lane : stage.lanes)
    for (Step& step : lane.steps)
      step.until = "back.rows";
}

/// What must not be interrupted has ended by itself, before anything else.
Stage over(const Deployment& deployment) {
  Stage stage = on_each("over",
                        "Wait until no docker_init.sh runs",
                        Outage::no,
                        initialised_hosts(deployment),
                        [&](const std::string& host) {
                          const bool by_itself = deployment.self_initialising &&
                                                 base::contains(deployment.added, host);
                          Step step = back_step("over." + host,
                                                host,
                                                "docker_init.sh has ended, or was never started",
                                                {(by_itself ? "run." : "init.") + host});
                          const std::string script =
                              by_itself
                                  ? oms::self_initialisation_over_script(deployment.container(host))
                                  : oms::job_over_script(job_on(deployment, host));
                          step.apply = {Await{HostHolds{host, "no docker_init.sh runs", script},
                                              deployment.facts.choices.init_timeout}};
                          return step;
                        });
  ask_anew(stage);
  return stage;
}

std::string none(const std::string& column, const std::vector<std::string>& known) {
  return fmt::format("NOT COALESCE({}, FALSE)", oms::in_texts(column, known));
}

/// What came after the run would be lost with it.
Step nothing_came_since(const Deployment& deployment) {
  const facts::Facts& facts = deployment.facts;
  const oms::Databases names = facts.databases();
  std::vector<std::string> codes{code(deployment)};
  for (const oms::RegionRow& region : facts.metadb.view.regions)
    codes.push_back(region.code);
  std::vector<std::string> hosts = facts.target.cm_nodes;
  for (const oms::HostRow& host : facts.metadb.view.hosts)
    hosts.push_back(host.ip);
  hosts.insert(hosts.end(), deployment.existing.begin(), deployment.existing.end());
  Step step = back_step("scope",
                        plan::at_metadb,
                        "no region and no node has come since: it would be lost",
                        writers(deployment));
  step.apply = {Await{plan::SqlEquals{"no further region has come since the run began",
                                      fmt::format("SELECT code FROM {} WHERE {} ORDER BY code",
                                                  metadb::quote_name(names.rm, "cluster_info"),
                                                  none("code", codes)),
                                      {}},
                      settled_deadline},
                Await{plan::SqlEquals{"no further node has come since the run began",
                                      fmt::format("SELECT ip FROM {} WHERE ({}) AND {} ORDER BY ip",
                                                  metadb::quote_name(names.cm, "host"),
                                                  set_of(deployment, "host").where,
                                                  none("ip", hosts)),
                                      {}},
                      settled_deadline}};
  return step;
}

struct Left {
  std::string table;
  std::string query;
};

/// The rows by what names them: nobody but a scale-out or its way back changes these columns.
std::vector<Left> what_is_left(const Deployment& deployment) {
  const auto of = [&](const std::string& table, const std::string& columns) {
    const metadb::RowSet set = set_of(deployment, table);
    return Left{table,
                fmt::format("SELECT {} FROM {} WHERE ({})",
                            columns,
                            metadb::quote_name(set.database, set.table),
                            set.where)};
  };
  return {of("cluster_info", "code, region, cm_url, is_default_cm"),
          of("resource_group", "id, name"),
          of("host", "ip, resource_group_id")};
}

std::string record_of(const Left& left) {
  return fmt::format("left.{}.json", left.table);
}

Step still_as_left(const Deployment& deployment) {
  Step step = back_step("left",
                        plan::at_metadb,
                        "the rows are those that the run left: later this would be a scale-in",
                        {"left"});
  for (const Left& left : what_is_left(deployment))
    step.apply.emplace_back(Await{
        plan::SqlAsRecorded{left.table + " is as the run left it", left.query, record_of(left)},
        settled_deadline});
  return step;
}

plan::ConfigKnown known_config(const Deployment& deployment, const std::string& host) {
  return {host,
          "config.yaml is the old or the new one",
          deployment.paths(host).config,
          old_copy(deployment, host),
          {host + ".config.old", host + ".config.new"}};
}

Stage look(const Deployment& deployment) {
  Stage stage = on_each(
      "look",
      "Look whether the way back is open",
      Outage::no,
      deployment.existing,
      [&](const std::string& host) {
        Step step = back_step(
            "look." + host, host, "config.yaml is the old or the new one", {"edit." + host});
        step.apply = {Await{known_config(deployment, host), settled_deadline}};
        return step;
      });
  stage.lanes.push_back({{nothing_came_since(deployment), still_as_left(deployment)}});
  Step rehearsal = back_step("rehearse",
                             plan::at_metadb,
                             "the region's rows put back, rehearsed: done and rolled back",
                             writers(deployment));
  rehearsal.apply = {plan::RestoreRows{deployment.saved_rows(), deployment.wide, true}};
  stage.lanes.back().steps.push_back(rehearsal);
  ask_anew(stage);
  return stage;
}

Stage stop_new(const Deployment& deployment) {
  return on_each(
      "stop-new", "Stop the new nodes", Outage::no, deployment.added, [&](const std::string& host) {
        Step step = back_step(
            "stop-new." + host, host, "docker stop of the run's own container", {"run." + host});
        step.apply = {Command{host,
                              "stop the new container",
                              oms::on_own_container_script(
                                  deployment.container(host), deployment.run, "docker stop -t 30"),
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
                   Step step = stop_programs(deployment, host);
                   step.id = "back.stop." + host;
                   step.source = design;
                   step.takes_back = {"clear"};
                   step.undo = {};
                   const Step quiet = prove_node_quiet(deployment, host);
                   step.apply.insert(step.apply.end(), quiet.apply.begin(), quiet.apply.end());
                   return step;
                 });
}

Stage restore_rows(const Deployment& deployment) {
  Step save = back_step("save",
                        plan::at_metadb,
                        "the rows as they are now, saved, read back and compared",
                        writers(deployment));
  save.apply = {plan::SnapshotRows{deployment.wide, "backup/overwritten"}};
  Step step =
      back_step("rows", plan::at_metadb, "the region's rows as they were", writers(deployment));
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
        Step step =
            back_step("edit." + host, host, "the old config.yaml, in place", {"edit." + host});
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
    Lane lane;
    Step load = deployment.clears ? reload_config(deployment, host) : Step{};
    if (deployment.clears) {
      load.id = "back.load." + host;
      load.title = "the components' configuration, from the old config.yaml";
      load.takes_back = {"edit." + host};
      load.apply.resize(1);  // the programs are started by the next step
      load.undo = {};
      lane.steps.push_back(load);
      Step step = stop_programs(deployment, host);
      step.id = "back.start." + host;
      step.title = "start exactly the programs that ran before";
      step.source = design;
      step.takes_back = {"stop." + host};
      step.apply = step.undo.actions;
      step.undo = {};
      lane.steps.push_back(step);
    } else if (deployment.facts.choices.reload_existing) {
      load = reload_config(deployment, host);
      load.id = "back.reload." + host;
      load.takes_back = {"reload." + host};
      load.undo = {};
      lane.steps.push_back(load);
    }
    stage.lanes.push_back(lane);
  }
  return stage;
}

Step prove_region_back(const Deployment& deployment) {
  const facts::Facts& facts = deployment.facts;
  const oms::Databases names = facts.databases();
  Step step = back_step("prove.region",
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

Stage prove_back(const Deployment& deployment) {
  Stage stage = on_each(
      "prove",
      "Prove the existing nodes",
      deployment.clears ? Outage::ends : Outage::no,
      deployment.existing,
      [&](const std::string& host) {
        Step step =
            back_step("prove." + host,
                      host,
                      deployment.demands_health ? "programs RUNNING, healthy" : "programs RUNNING",
                      {"stop." + host, "edit." + host, "reload." + host});
        std::string script =
            "(" + oms::running_script(deployment.container(host), deployment.programs) + ")";
        if (deployment.demands_health)
          script += " && (" + oms::healthy_script(node_health_url(deployment, host)) + ")";
        step.apply = {
            Await{HostHolds{host, step.title, script + "\n"}, prove_deadline(deployment)}};
        return step;
      });
  if (deployment.clears)
    stage.lanes.push_back({{prove_region_back(deployment)}});
  return stage;
}

Step remove_job(const Deployment& deployment, const std::string& host) {
  Step step =
      back_step("job." + host, host, "the files of the docker_init.sh job", {"init." + host});
  step.apply = {Command{
      host, "remove the job's files", oms::remove_job_script(job_on(deployment, host)), 60}};
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

/// Where the same removal was put already: two steps that one removal takes back.
Step* same_removal(Lane& lane, const Step& step) {
  for (Step& known : lane.steps)
    if (known.apply == step.undo.actions)
      return &known;
  return nullptr;
}

/// In each place the newest first.
void add_removal(Stage& stage, const Step& step) {
  auto lane = std::find_if(stage.lanes.begin(), stage.lanes.end(), [&](const Lane& known) {
    return known.steps.front().where == step.where;
  });
  if (lane == stage.lanes.end())
    lane = stage.lanes.insert(stage.lanes.end(), Lane{});
  if (Step* known = same_removal(*lane, step)) {
    known->takes_back.push_back(step.id);
    return;
  }
  Step removal = back_step(step.id, step.where, "undo of: " + step.title, {step.id});
  removal.apply = step.undo.actions;
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

/// `stages`: the way forward, whose steps say how they are undone.
std::vector<Stage> removals(const Deployment& deployment, const std::vector<Stage>& stages) {
  Stage remove{"remove", "Remove what the run has made", Outage::no, {}};
  Stage forget{"forget", "Remove the second copy", Outage::no, {}};
  for (const std::string& host : initialised_hosts(deployment))
    remove.lanes.push_back({{remove_job(deployment, host)}});
  const std::vector<const Step*> steps = plan::steps_of(stages);
  for (auto step = steps.rbegin(), end = steps.rend(); step != end; ++step)
    if (is_removal(**step))
      add_removal(is_second_copy(**step) ? forget : remove, **step);
  remove.lanes.push_back({{forget_heartbeats(deployment)}});
  return {remove, forget};
}

}  // namespace

std::vector<Stage> way_back(const Deployment& deployment, const std::vector<Stage>& stages) {
  std::vector<Stage> back{over(deployment), look(deployment), stop_new(deployment)};
  if (deployment.clears)
    back.push_back(stop_existing(deployment));
  back.push_back(restore_rows(deployment));
  back.push_back(restore_configs(deployment));
  back.push_back(start(deployment));
  back.push_back(prove_back(deployment));
  for (Stage& stage : removals(deployment, stages))
    back.push_back(std::move(stage));
  drop_empty(back);
  return back;
}

plan::Step record_left(const Deployment& deployment) {
  Step step;
  step.id = "left";
  step.where = plan::at_metadb;
  step.title = "record the rows by what names them: as long as they stay so, there is a way back";
  step.source = "design §5.4: a completed run";
  for (const Left& left : what_is_left(deployment))
    step.apply.emplace_back(
        plan::RecordSql{"record " + left.table + " of the region", left.query, record_of(left)});
  step.undo.cannot = "a record on this machine: it is kept";
  return step;
}

}  // namespace omsctl::runbook
