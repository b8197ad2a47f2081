#include "rules_region.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "omsctl/base/text.hpp"
#include "omsctl/checks/rules.hpp"
#include "omsctl/config/address.hpp"

namespace omsctl::checks {
namespace {

using facts::Facts;
using oms::RegionRow;

/// A code as `plain` reads it, without leading zeros.
std::string plain_code(const std::string& text) {
  std::string made = plain(text);
  while (made.size() > 1 && made.front() == '0')
    made.erase(0, 1);
  return made;
}

class RegionRules {
 public:
  RegionRules(const Facts& facts, Findings& findings)
      : facts_(facts),
        findings_(findings),
        code_(std::to_string(facts.target.cm_location)),
        regions_(facts.metadb.view.regions) {}

  void apply() {
    if (regions_.empty()) {
      refuse("region.no-deployment",
             "MetaDB",
             fmt::format("cluster_info in {} has no region: there is no deployment to join",
                         facts_.target.rm_db),
             "drc_rm_db, drc_cm_db and oms_meta_* must be the deployment's; for a first region "
             "follow the vendor's guide",
             false);
      return;
    }
    if (facts_.region_stands()) {
      stands();
      return;
    }
    location();
    name();
    check_region_url(facts_, findings_);
    default_flag();
    nodes();
    left_over();
  }

 private:
  void stands();
  void location();
  void name();
  void default_flag();
  void nodes();
  void left_over();
  [[nodiscard]] bool in_deployed_file(const std::string& address) const;

  void refuse(
      const char* id, std::string where, std::string evidence, std::string fix, bool skippable) {
    findings_.push_back(
        {id, Severity::error, std::move(where), std::move(evidence), std::move(fix), skippable});
  }
  [[nodiscard]] const std::string& file() const { return facts_.choices.config_file; }

  const Facts& facts_;
  Findings& findings_;
  std::string code_;
  const std::vector<RegionRow>& regions_;
};

/// The region is there with all its nodes: nothing to do. With some: not this command's work.
void RegionRules::stands() {
  const std::vector<std::string> missing = facts_.added();
  for (const facts::NodeFacts& node : facts_.nodes)
    if (node.existing && !node.config_text.empty() && !facts_.has_target_config(node))
      refuse("region.exists",
             node.address,
             "the region is there already, and this node's config.yaml differs from the target",
             "a region that runs is changed by hand, or with omsctl scale-out node",
             false);
  if (missing.empty())
    return;
  const std::vector<std::string> present = facts_.existing();
  refuse("region.exists",
         "MetaDB",
         fmt::format("region {} ({}) is in cluster_info already; its nodes: {}; not among them: {}",
                     code_,
                     facts_.target.cm_region,
                     present.empty() ? "none" : base::join(present, ", "),
                     base::join(missing, ", ")),
         "more nodes join a region with: omsctl scale-out node; what an earlier attempt left is "
         "told by: omsctl runs",
         false);
}

void RegionRules::location() {
  for (const RegionRow& region : regions_)
    if (plain_code(region.code) == code_)
      refuse("region.location-taken",
             file(),
             fmt::format("cm_location {} is another region's{}: {}",
                         code_,
                         region.code == code_ ? "" : " but for blanks or zeros",
                         row_of(region)),
             "take a number from 0 to 127 that no region has",
             false);
}

void RegionRules::name() {
  const std::string& wanted = facts_.target.cm_region;
  if (plain(wanted).empty()) {
    refuse("region.name-missing",
           file(),
           "cm_region is missing: with several regions each needs a name",
           R"(add "cm_region: NAME" and "cm_region_cn: NAME")",
           false);
    return;
  }
  for (const RegionRow& region : regions_)
    if (plain(region.region) == plain(wanted))
      refuse("region.name-taken",
             file(),
             fmt::format("cm_region \"{}\" is another region's{}: {}",
                         wanted,
                         region.region == wanted ? "" : " but for case or blanks",
                         row_of(region)),
             "give the new region a name of its own",
             false);
  for (const RegionRow& region : regions_)
    if (plain(region.region).empty())
      findings_.push_back({"region.other-nameless",
                           Severity::warning,
                           "MetaDB",
                           "a region that runs has no name: " + row_of(region),
                           "with several regions each needs one: add cm_region and cm_region_cn to "
                           "config.yaml on its nodes, and have it loaded"});
  if (plain(facts_.target.cm_region_cn).empty())
    findings_.push_back({"region.name-cn-missing",
                         Severity::warning,
                         file(),
                         "cm_region_cn is missing",
                         "the console shows it: add \"cm_region_cn: NAME\", the value of cm_region "
                         "will do"});
}

void RegionRules::default_flag() {
  const auto standing = std::find_if(
      regions_.begin(), regions_.end(), [](const RegionRow& region) { return region.is_default; });
  const bool none = standing == regions_.end();
  if (none && !facts_.target.cm_is_default)
    findings_.push_back({"region.no-default",
                         Severity::warning,
                         "MetaDB",
                         "no region in cluster_info is the default, and the new one will not be",
                         "exactly one region should have cm_is_default: true"});
  if (none || !facts_.target.cm_is_default)
    return;
  const bool absent = !facts_.target_values.contains("cm_is_default");
  refuse("region.second-default",
         file(),
         fmt::format("cm_is_default {}, but there is a default region: {}",
                     absent ? "is absent, which means true" : "is true",
                     row_of(*standing)),
         "write \"cm_is_default: false\". The guide's own example for a new region says true; it "
         "contradicts the guide's table, by which one region only can be the default",
         false);
}

/// A node may lack its row in `host`, while it is down say, and be one of that region all the same.
bool RegionRules::in_deployed_file(const std::string& address) const {
  return facts_.deployed &&
         std::any_of(facts_.deployed->cm_nodes.begin(),
                     facts_.deployed->cm_nodes.end(),
                     [&](const std::string& other) { return config::same_host(other, address); });
}

void RegionRules::nodes() {
  for (const std::string& address : facts_.target.cm_nodes) {
    std::vector<std::string> names{address};
    if (const facts::NodeFacts* node = facts_.node(address); node != nullptr)
      for (const std::string& own : node->own_addresses)
        if (!config::is_loopback(own))
          names.push_back(own);
    const auto taken = std::find_if(names.begin(), names.end(), [&](const std::string& name) {
      return facts_.region_of(name) != nullptr;
    });
    std::string evidence;
    if (taken != names.end())
      evidence = fmt::format("{} is a node of {}: the table host has {}",
                             address,
                             name_of(*facts_.region_of(*taken)),
                             *config::canonical_host(*taken));
    else if (std::any_of(names.begin(), names.end(), [&](const auto& name) {
               return in_deployed_file(name);
             }))
      evidence = fmt::format("{} is one of cm_nodes in config.yaml on {}, a node of another region",
                             address,
                             facts_.initial);
    if (!evidence.empty())
      refuse("region.node-taken",
             address,
             evidence,
             "cm_nodes of a new region names hosts that run no OMS yet",
             false);
  }
}

/// Rows that an earlier attempt left: nobody knows what docker_init.sh does with them (oms
/// §0.4).
void RegionRules::left_over() {
  std::vector<std::string> found;
  const oms::TablesView& view = facts_.metadb.view;
  const bool code_taken = std::any_of(regions_.begin(), regions_.end(), [&](const auto& region) {
    return plain_code(region.code) == code_;
  });
  for (const oms::GroupRow& group : view.groups)
    if (!code_taken && plain_code(group.name) == code_)
      found.push_back(
          fmt::format("a row of resource_group named \"{}\" (id {})", group.name, group.id));
  for (const oms::HostRow& host : view.hosts)
    for (const std::string& address : facts_.target.cm_nodes)
      if (config::same_host(host.ip, address) && facts_.region_of(address) == nullptr)
        found.push_back(
            fmt::format("a row of host for {} (resource_group_id {})", host.ip, host.group_id));
  if (!found.empty())
    refuse("region.rows-left",
           "MetaDB",
           fmt::format("there is no region {}, but there is {}", code_, base::join(found, ", ")),
           "an earlier attempt left them: look at them, back them up and delete them, then try "
           "again",
           true);
}

}  // namespace

void check_region_config(const Facts& facts, Findings& findings) {
  if (!facts.metadb.reachable || !facts.metadb.problem.empty())
    return;
  RegionRules(facts, findings).apply();
  if (!facts.region_stands())
    check_heartbeat(facts, findings);
  check_region_keys(facts, findings);
}

}  // namespace omsctl::checks
