#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

#include "omsctl/base/text.hpp"
#include "omsctl/config/values.hpp"

#include "rules_region.hpp"

namespace omsctl::checks {
namespace {

using facts::Facts;
using oms::RegionRow;

bool may_differ(const std::string& key) {
  constexpr std::array<std::string_view, 7> keys{"cm_url",
                                                 "cm_location",
                                                 "cm_region",
                                                 "cm_region_cn",
                                                 "cm_is_default",
                                                 "cm_nodes",
                                                 "drc_cm_heartbeat_db"};
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

}  // namespace

std::string plain(const std::string& text) {
  std::string made;
  for (const char c : text)
    if (std::isspace(static_cast<unsigned char>(c)) == 0)
      made += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return made;
}

std::string name_of(const RegionRow& region) {
  return region.region.empty() ? "region " + region.code
                               : fmt::format("region {} ({})", region.code, region.region);
}

std::string row_of(const RegionRow& region) {
  return fmt::format(R"(cluster_info: code "{}", region "{}", cm_url {}{})",
                     region.code,
                     region.region,
                     region.cm_url,
                     region.is_default ? ", default" : "");
}

void check_heartbeat(const Facts& facts, Findings& findings) {
  const std::string& name = facts.target.heartbeat_db;
  const facts::HeartbeatFacts& heartbeat = facts.metadb.heartbeat;
  const auto refuse = [&](const char* id, std::string evidence, std::string fix, bool skippable) {
    findings.push_back({id,
                        Severity::error,
                        facts.choices.config_file,
                        std::move(evidence),
                        std::move(fix),
                        skippable});
  };
  const std::string own = "name a database of the new region's own, which does not exist yet";
  if (facts.deployed && plain(facts.deployed->heartbeat_db) == plain(name)) {
    const RegionRow* region = facts.region_of(facts.initial);
    refuse("region.heartbeat-taken",
           fmt::format("drc_cm_heartbeat_db {} is that of {}, by config.yaml on {}",
                       name,
                       region == nullptr ? "another region" : name_of(*region),
                       facts.initial),
           own,
           false);
  } else if (!heartbeat.tables.empty()) {
    std::vector<std::string> users;
    for (const std::string& ip : heartbeat.host_ips) {
      const RegionRow* region = facts.region_of(ip);
      users.push_back(region == nullptr ? ip : fmt::format("{} of {}", ip, name_of(*region)));
    }
    std::vector<std::string> tables = heartbeat.tables;
    if (tables.size() > 5)
      tables.resize(5);
    refuse("region.heartbeat-not-empty",
           fmt::format("database {} exists and has {}: {}{}{}",
                       name,
                       base::count_of(heartbeat.tables.size(), "table"),
                       base::join(tables, ", "),
                       tables.size() < heartbeat.tables.size() ? ", …" : "",
                       users.empty() ? "" : "; heartbeats of " + base::join(users, ", ")),
           own,
           false);
  }
  if (!heartbeat.look_alikes.empty())
    refuse("region.heartbeat-similar",
           fmt::format("drc_cm_heartbeat_db {} differs in case only from {}",
                       name,
                       base::join(heartbeat.look_alikes, ", ")),
           "take another name: some servers hold the two for one",
           true);
  if (!heartbeat.may_create && !facts.metadb.databases.contains(name))
    refuse(
        "region.heartbeat-create",
        fmt::format("there is no database {} that oms_meta_user can see, and it may not create it",
                    name),
        fmt::format("GRANT ALL ON `{0}`.* to oms_meta_user, and CREATE DATABASE `{0}`", name),
        true);
}

void check_region_keys(const Facts& facts, Findings& findings) {
  if (facts.deployed_values.empty())
    return;
  const bool both_have_tsdb =
      facts.deployed && facts.deployed->tsdb.enabled && facts.target.tsdb.enabled;
  for (const config::Difference& difference :
       config::differences(facts.deployed_values, facts.target_values)) {
    if (may_differ(difference.key))
      continue;
    const std::string evidence = fmt::format("{}: {} on the initial node {}, {} in the target",
                                             difference.key,
                                             difference.before,
                                             facts.initial,
                                             difference.after);
    const auto tell = [&](const char* id, Severity severity, std::string fix, bool skippable) {
      findings.push_back(
          {id, severity, facts.choices.config_file, evidence, std::move(fix), skippable});
    };
    if (difference.key == "drc_rm_db" || difference.key == "drc_cm_db")
      tell("config.databases-differ",
           Severity::error,
           "all regions share drc_rm_db and drc_cm_db: take the deployment's name",
           false);
    else if (difference.key == "oms_meta_host" || difference.key == "oms_meta_port")
      tell("region.metadb-differs",
           Severity::error,
           "all regions share one MetaDB: take the initial node's value. Where both lead to the "
           "same server: --skip-check region.metadb-differs",
           true);
    else if (both_have_tsdb && (difference.key == "tsdb_url" || difference.key == "tsdb_service"))
      tell("region.tsdb-differs",
           Severity::warning,
           "the vendor asks for one time-series database for all regions: take the initial node's "
           "value",
           true);
    else
      tell("region.config-differs",
           Severity::warning,
           "make sure that this is meant: regions usually differ in region, cm_url, nodes and "
           "heartbeat database alone",
           true);
  }
}

}  // namespace omsctl::checks
