#include "omsctl/base/digest.hpp"
#include "omsctl/config/settings.hpp"
#include "omsctl/metadb/quote.hpp"
#include "omsctl/metadb/row_set.hpp"
#include "omsctl/oms/config_write.hpp"
#include "omsctl/oms/programs.hpp"
#include "omsctl/runbook/steps.hpp"

#include "back.hpp"
#include "scripts.hpp"

namespace omsctl::runbook {
namespace {

using plan::Await;
using plan::Command;
using plan::HostHolds;
using plan::Step;

/// Seconds, within the outage: what still runs after that long is a reason to go back.
constexpr int quiet_deadline = 20;

std::string programs_record(const std::string& host) {
  return host + ".programs";
}

}  // namespace

Step record_programs(const Deployment& deployment, const std::string& host) {
  Step step;
  step.id = "record." + host;
  step.where = host;
  step.title = "record which programs are RUNNING";
  step.source = "design §5.4: exactly these are started again if the run has to go back";
  step.apply = {plan::Capture{host,
                              "record the programs",
                              oms::program_states(deployment.container(host)),
                              programs_record(host)}};
  step.not_undone = "the record is kept";
  return step;
}

Step stop_programs(const Deployment& deployment, const std::string& host) {
  Step step;
  step.id = "stop." + host;
  step.where = host;
  step.title = "supervisorctl stop all";
  step.source = "guide: physical address, step 2: stop the processes in the original container";
  step.interruption = plan::Interruption::never;
  step.apply = {
      Command{host, "stop all programs", {oms::stop_programs(deployment.container(host))}, 120}};
  return step;
}

Step start_programs(const Deployment& deployment, const std::string& host) {
  Step step =
      back_step("start." + host, host, "start the programs that were RUNNING", {"stop." + host});
  step.interruption = plan::Interruption::never;
  step.apply = {plan::StartPrograms{
      host, deployment.container(host), programs_record(host), room_in_tmp(deployment)}};
  return step;
}

Step prove_node_quiet(const Deployment& deployment, const std::string& host) {
  const config::NodePorts& ports = deployment.facts.target.ports;
  Step step;
  step.id = "quiet." + host;
  step.where = host;
  step.title = "no program runs, nothing listens on the CM, nginx and console ports";
  step.source = "design §5.1: a stopped wrapper can leave its child alive";
  step.apply = {
      Await{HostHolds{host,
                      "the node is quiet",
                      {oms::node_quiet(deployment.container(host),
                                       {ports.cm.number, ports.nginx.number, ports.ghana.number})}},
            quiet_deadline}};
  return step;
}

Step prove_rows_quiet(const Deployment& deployment) {
  Step step;
  step.id = "quiet.metadb";
  step.where = plan::at_metadb;
  step.title = "the region's rows are equal in two reads";
  step.source = "design §5.1: nobody writes to the tables any more";
  step.apply = {
      Await{plan::RowsStable{"the region's rows stand still", deployment.scope}, quiet_deadline}};
  return step;
}

std::vector<Step> clear_rows(const Deployment& deployment) {
  Step save;
  save.id = "save";
  save.where = plan::at_metadb;
  save.title = "the rows as they are now, saved, read back and compared";
  save.source = "guide: physical address, step 3.1: query and back up the data";
  save.apply = {plan::SnapshotRows{deployment.scope, "backup/clear"}};
  save.not_undone = "the copy is kept";

  Step copy;
  copy.id = "copy-rows";
  copy.where = deployment.facts.initial;
  copy.title = "a second copy of them, in " + copy_of_rows(deployment);
  copy.source = "design §11: for the day this machine is lost";
  copy.apply = {plan::CopyRun{deployment.facts.initial,
                              copy_of_rows(deployment),
                              {"journal.jsonl", "artifacts", "backup/clear"}}};

  Step clear;
  clear.id = "clear";
  clear.where = plan::at_metadb;
  clear.title = "exactly these rows deleted, in one transaction";
  clear.source =
      "guide: physical address, step 3.2: delete the data; the Note names the four tables";
  clear.interruption = plan::Interruption::never;
  clear.decisive = true;
  clear.apply = {plan::DeleteRows{"backup/clear",
                                  deployment.facts.region_scope().sets,
                                  deployment.facts.metadb.dependents.sets}};
  return {save, copy, clear};
}

Step tell_changed_ids(const Deployment& deployment) {
  const oms::Databases names = deployment.facts.databases();
  Step step;
  step.id = "ids";
  step.where = plan::at_metadb;
  step.title = "tell which hosts and groups have new ids, and who still holds the old ones";
  step.source = "design §6; oms §2: nobody knows which rows refer to host and resource_group";
  step.apply = {
      plan::TellChangedIds{"backup/clear",
                           {{names.cm, "resource_group", "name", "id", "resource_group_id"},
                            {names.cm, "host", "ip", "id", "host_id"}},
                           {names.rm, names.cm, names.heartbeat}}};
  return step;
}

Step edit_config(const Deployment& deployment, const std::string& host) {
  const std::string before = base::sha256(deployment.artifacts.at(host + ".config.old"));
  const std::string after = base::sha256(deployment.artifacts.at(host + ".config.new"));
  const std::string path = deployment.paths(host).config;
  Step step;
  step.id = "edit." + host;
  step.where = host;
  step.title = deployment.clears ? "cm_url and cm_nodes in config.yaml, in place"
                                 : "cm_nodes in config.yaml, in place";
  step.source = "guide: physical address, step 4: modify cm_url and add cm_nodes";
  step.decisive = true;
  step.interruption = plan::Interruption::never;
  step.apply = {
      Command{host,
              "write config.yaml in place and look at it through the container",
              {oms::replace_content(
                  deployment.container(host), path, new_copy(deployment, host), before, after)},
              60,
              false,
              true}};
  // From here on the room is needed by what runs in the container.
  if (deployment.clears)
    step.apply.insert(step.apply.begin(),
                      Command{host,
                              "give up the room in /tmp",
                              {remove_files({room_in_tmp(deployment)})},
                              60,
                              false,
                              true});
  return step;
}

Step reload_config(const Deployment& deployment, const std::string& host) {
  Step step;
  step.id = "reload." + host;
  step.where = host;
  step.title = "load the edited config.yaml: --init-config-file, restart of console and supervisor";
  step.source = "oms §3.6: a change of config.yaml alone needs no docker_init.sh";
  step.apply = {Command{host,
                        "write the components' configuration",
                        {oms::load_config(deployment.container(host))},
                        300},
                Command{host,
                        "restart console and supervisor",
                        {oms::restart_programs(deployment.container(host),
                                               {"oms_console", "oms_drc_supervisor"})},
                        300}};
  return step;
}

}  // namespace omsctl::runbook
