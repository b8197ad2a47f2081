#include <fmt/format.h>

#include "omsctl/base/text.hpp"
#include "omsctl/runbook/steps.hpp"

#include "back.hpp"
#include "scripts.hpp"

namespace omsctl::runbook {
namespace {

using plan::Step;

Step rehearse(const Deployment& deployment) {
  Step step;
  step.id = "rehearse";
  step.where = plan::at_metadb;
  step.title = "the delete, rehearsed: done in a transaction and rolled back";
  step.source = "design §14: what the server refuses is a refusal, not an outage";
  step.apply = {plan::RehearseDelete{"backup/first", deployment.scope}};
  return step;
}

}  // namespace

std::vector<Step> back_up(const Deployment& deployment) {
  const oms::Databases names = deployment.facts.databases();
  std::vector<Step> steps;
  if (deployment.facts.choices.backup_full) {
    Step dump;
    dump.id = "dump";
    dump.where = plan::at_metadb;
    // The heartbeat database of a new region is yet to come.
    std::vector<std::string> databases{names.rm, names.cm};
    if (!deployment.for_region)
      databases.push_back(names.heartbeat);
    dump.title = "full dump of " + base::join(databases, ", ");
    dump.source = "oms §A8: the vendor's own way back is a dump of the whole databases";
    dump.apply = {plan::DumpDatabases{databases, "backup/full"}};
    dump.not_undone = "the copy is kept";
    steps.push_back(dump);
  }
  Step snapshot;
  snapshot.id = "snapshot";
  snapshot.where = plan::at_metadb;
  snapshot.title = "rows of cluster_info, resource_group, host, location_cm";
  snapshot.source = "guide: physical address, step 3.1: query and back up the data";
  snapshot.apply = {plan::SnapshotRows{deployment.scope, "backup/first"}};
  if (deployment.for_region)
    snapshot.apply.emplace_back(plan::SnapshotRows{deployment.wide, deployment.saved_rows()});
  snapshot.not_undone = "the copy is kept";
  steps.push_back(snapshot);

  Step room;
  room.id = "room";
  room.where = deployment.facts.initial;
  room.title = "room for what the run will still write, here and on the initial node";
  room.source = "design §5.1: a full disk is a refusal, not an outage";
  room.apply = {plan::ReserveRoom{"", "reserve", "backup/first"}};
  const std::string directory = copies_directory(deployment);
  if (deployment.clears)
    room.apply.emplace_back(
        plan::ReserveRoom{deployment.facts.initial, copy_of_rows(deployment), "backup/first"});
  steps.push_back(room);

  Step copy;
  copy.id = "copy";
  copy.where = deployment.facts.initial;
  copy.title = fmt::format("second copy of plan, rows and {} config.yaml, in {} (0700)",
                           deployment.for_region ? "new" : "old",
                           directory);
  copy.source = "design §11: for the day this machine is lost";
  copy.apply = {
      plan::CopyRun{deployment.facts.initial,
                    directory + "/run.tar",
                    {"plan.json", "run.json", "journal.jsonl", "artifacts", "backup/first"}}};
  if (deployment.for_region)
    std::get<plan::CopyRun>(copy.apply.front()).parts.emplace_back(deployment.saved_rows());
  steps.push_back(copy);
  if (deployment.clears)
    steps.push_back(rehearse(deployment));
  return steps;
}

Step remove_second_copy(const Deployment& deployment) {
  return back_command("copy",
                      deployment.facts.initial,
                      "remove the second copy",
                      {"room", "copy", "copy-rows"},
                      {{"remove_copies", {copies_directory(deployment)}}});
}

}  // namespace omsctl::runbook
