#include <algorithm>

#include <fmt/format.h>

#include "omsctl/base/digest.hpp"
#include "omsctl/base/error.hpp"
#include "omsctl/base/lists.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/config/editor.hpp"
#include "omsctl/config/settings.hpp"
#include "omsctl/metadb/row_set.hpp"
#include "omsctl/oms/config_write.hpp"
#include "omsctl/oms/init_job.hpp"
#include "omsctl/oms/scope.hpp"
#include "omsctl/runbook/steps.hpp"

#include "back.hpp"
#include "scripts.hpp"

namespace omsctl::runbook {
namespace {

using facts::Facts;
using facts::NodeFacts;
using facts::PathFacts;
using plan::Command;
using plan::HostHolds;
using plan::PutFile;
using plan::Step;

PutFile put_file(const Deployment& deployment,
                 const std::string& host,
                 const std::string& path,
                 const std::string& artifact) {
  return {host, path, artifact, "0600", base::sha256(deployment.artifacts.at(artifact))};
}

/// Takes back the step of this kind on this host.
Step remove_what_was_put(const std::string& kind,
                         const std::string& host,
                         const std::string& title,
                         const std::vector<std::string>& paths) {
  const std::string id = kind + "." + host;
  return back_command(id, host, title, {id}, {remove_files(paths)});
}

std::string parent_of(const std::string& path) {
  return path.substr(0, std::max<std::size_t>(path.rfind('/'), 1));
}

/// The ancestors of `path` that do not exist yet, deepest first.
std::vector<std::string> absent_ancestors(const NodeFacts& node, const std::string& path) {
  std::vector<std::string> absent;
  const auto seen = node.paths.find(path);
  if (seen == node.paths.end() || seen->second.nearest.empty())
    return absent;
  const std::string& nearest = seen->second.nearest;
  for (std::string up = parent_of(path); up.size() > nearest.size(); up = parent_of(up))
    absent.push_back(up);
  return absent;
}

/// Removes exactly those that are missing now, and the parents that are made for them unless they
/// hold anything else by then; empty when all are there.
remote::Calls remove_directories(const oms::NodePaths& paths, const NodeFacts& node) {
  const std::vector<std::string> mounts{paths.logs, paths.store, paths.run};
  std::vector<std::string> remove;
  std::vector<std::string> parents;  // that do not exist yet
  for (const std::string& path : mounts) {
    const auto seen = node.paths.find(path);
    if (seen == node.paths.end() || seen->second.kind == PathFacts::Kind::absent)
      remove.push_back(path);
  }
  for (const std::string& path : {paths.logs, paths.store, paths.run, paths.config})
    for (const std::string& up : absent_ancestors(node, path))
      if (!base::contains(parents, up) && !base::contains(mounts, up))
        parents.push_back(up);
  std::sort(parents.begin(), parents.end(), [](const std::string& a, const std::string& b) {
    return a.size() > b.size();
  });
  remote::Calls calls;
  if (!remove.empty())
    calls.push_back({"remove_directories", remove});
  if (!parents.empty())
    calls.push_back({"remove_empty_directories", parents});
  return calls;
}

/// mkdir of what is missing, open for OMS's own users whatever root's umask is.
Step make_directories(const Deployment& deployment, const NodeFacts& node) {
  const oms::NodePaths paths = deployment.paths(node.address);
  std::vector<std::string> make{paths.logs, paths.store, paths.run};
  for (const std::string& file : {paths.config, paths.https_crt, paths.https_key})
    if (!file.empty())
      make.push_back(parent_of(file));
  Step step;
  step.id = "directories." + node.address;
  step.where = node.address;
  step.title = "mount directories";
  step.source = "guide: docker run: -v for logs, store, run";
  step.apply = {
      Command{node.address, "create the mount directories", {{"make_directories", make}}}};
  if (remove_directories(paths, node).empty())
    step.not_undone = "they were there before";
  return step;
}

Step place_config(const Deployment& deployment, const std::string& host) {
  Step step;
  step.id = "config." + host;
  step.where = host;
  step.title = "config.yaml (0600)";
  step.source =
      deployment.source("guide: physical address, step 6: replicate the configuration file",
                        "guide: region, step 3: prepare the configuration file");
  deployment.artifacts["target.yaml"] = deployment.facts.target_text;
  const PutFile file = put_file(deployment, host, deployment.paths(host).config, "target.yaml");
  step.apply = {file};
  step.ensures = {HostHolds{host, "the file is there", {has_digest(file.path, file.sha256)}}};
  return step;
}

Step place_certificates(const Deployment& deployment, const std::string& host) {
  const NodeFacts& initial = *deployment.facts.initial_node();
  deployment.artifacts["https.crt"] = initial.https_crt.reveal();
  deployment.artifacts["https.key"] = initial.https_key.reveal();
  Step step;
  step.id = "certificates." + host;
  step.where = host;
  step.title = "https certificate and key of the initial node (0600)";
  step.source = "guide: docker run: -v https_crt, -v https_key";
  step.apply = {put_file(deployment, host, deployment.paths(host).https_crt, "https.crt"),
                put_file(deployment, host, deployment.paths(host).https_key, "https.key")};
  return step;
}

/// What is written on an existing node while its programs are stopped finds its room taken up
/// before: the new config.yaml, what `docker exec` puts into /tmp, the job's files and what
/// docker_init.sh prints (the vendor's script some 10 kB, and logs as much).
Step reserve_room(const Deployment& deployment, const std::string& host) {
  const oms::JobPlace place = job_on(deployment, host);
  const std::size_t config = deployment.artifacts.at(host + ".config.new").size();
  Step step;
  step.id = "room." + host;
  step.where = host;
  step.title = "room on disk for the new config.yaml and the output of docker_init.sh";
  step.source = "design §5.1: a full disk is a refusal, not an outage";
  step.apply = {Command{host,
                        "take up room on disk",
                        {oms::reserve_room(place.room, 16U << 20U),
                         oms::reserve_room(room_in_tmp(deployment), 1U << 20U),
                         oms::reserve_content(deployment.paths(host).config, config)}}};
  return step;
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

/// What is saved: the region's rows, then those that follow them by foreign keys; for a new region,
/// whose init writes beside the others' rows, the four tables whole.
std::vector<metadb::RowSet> scope_of(const Facts& facts) {
  if (facts.choices.goal == facts::Goal::new_region) {
    std::vector<metadb::RowSet> whole;
    for (const facts::TableFacts& table : facts.metadb.tables)
      whole.push_back({table.database, table.table});
    return whole;
  }
  return facts.saved_rows();
}

std::vector<metadb::RowSet> wide_scope_of(const Facts& facts) {
  const config::Settings& target = facts.target;
  if (facts.choices.goal == facts::Goal::more_nodes)
    return oms::rows_by_todays_ids(facts.region_scope().sets, facts.databases(), target.cm_nodes);
  return oms::rows_of_new_region(facts.databases(),
                                 std::to_string(target.cm_location),
                                 target.cm_url.text,
                                 target.cm_nodes,
                                 facts.metadb.table("location_cm")->columns);
}

}  // namespace

Deployment deployment_of(const Facts& facts,
                         const std::string& run,
                         std::map<std::string, std::string>& artifacts) {
  const NodeFacts& node = *facts.initial_node();
  return {facts,
          run,
          facts.image_reference(),
          facts.image->layers_digest(),
          facts.existing(),
          facts.added(),
          oms::running(node.programs),
          node.health.answers,
          node.health.self_initialising,
          scope_of(facts),
          wide_scope_of(facts),
          facts.choices.goal == facts::Goal::new_region,
          facts.choices.goal == facts::Goal::more_nodes && !facts.keeps_cm_url(),
          artifacts};
}

plan::Lane prepare_new_node(const Deployment& deployment, const std::string& host) {
  const NodeFacts& node = *deployment.facts.node(host);
  plan::Lane lane;
  if (!deployment.facts.has_image(node))
    lane.steps.push_back(bring_image(deployment, host));
  lane.steps.push_back(make_directories(deployment, node));
  lane.steps.push_back(place_config(deployment, host));
  if (deployment.paths(host).has_https() && !deployment.facts.brings_certificate())
    lane.steps.push_back(place_certificates(deployment, host));
  return lane;
}

plan::Lane prepare_existing_node(const Deployment& deployment, const std::string& host) {
  const NodeFacts& node = *deployment.facts.node(host);
  config::SettingsEdit edit{std::nullopt, deployment.facts.target.cm_nodes};
  if (deployment.clears)
    edit.cm_url = deployment.facts.target.cm_url.text;
  const std::string before = host + ".config.old";
  const std::string after = host + ".config.new";
  deployment.artifacts[before] = node.config_text;
  try {
    deployment.artifacts[after] = config::edit_settings(node.config_text, edit);
  } catch (base::Error& error) {
    error.add_context(fmt::format("while editing {} of {}", deployment.paths(host).config, host));
    throw;
  }
  Step step;
  step.id = "copies." + host;
  step.where = host;
  step.title = "old and new config.yaml beside the file (0600)";
  step.source = "design §10: the file is a single-file bind mount; a torn write must be mendable";
  step.apply = {put_file(deployment, host, old_copy(deployment, host), before),
                put_file(deployment, host, new_copy(deployment, host), after)};
  if (!deployment.clears)
    return {{step}};
  return {{step, reserve_room(deployment, host)}};
}

std::vector<Step> remove_from_new_node(const Deployment& deployment, const std::string& host) {
  const oms::NodePaths paths = deployment.paths(host);
  std::vector<Step> steps{
      remove_what_was_put(
          "certificates", host, "remove certificate and key", {paths.https_crt, paths.https_key}),
      remove_what_was_put("config", host, "remove config.yaml", {paths.config})};
  const std::string id = "directories." + host;
  const remote::Calls calls = remove_directories(paths, *deployment.facts.node(host));
  if (!calls.empty())
    steps.push_back(
        back_command(id, host, "remove the directories that the run made", {id}, calls));
  for (Step& step : steps)
    step.apply.insert(step.apply.begin(), see_that_no_other_uses(deployment, host));
  if (deployment.facts.archive)
    steps.push_back(remove_archive(deployment, host));
  return steps;
}

std::vector<Step> remove_from_existing_node(const Deployment& deployment, const std::string& host) {
  return {remove_what_was_put("room",
                              host,
                              "give the reserved room back",
                              {job_on(deployment, host).room, room_in_tmp(deployment)}),
          remove_what_was_put("copies",
                              host,
                              "remove both copies of config.yaml",
                              {old_copy(deployment, host), new_copy(deployment, host)})};
}

}  // namespace omsctl::runbook
