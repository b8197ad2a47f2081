#include "omsctl/checks/rules.hpp"

#include <algorithm>

namespace omsctl::checks {

namespace {

void skip(const std::vector<std::string>& skipped, Findings& findings) {
  for (Finding& finding : findings) {
    const bool skip = std::find(skipped.begin(), skipped.end(), finding.id) != skipped.end();
    if (skip && finding.severity == Severity::error && finding.skippable) {
      finding.severity = Severity::warning;
      finding.fix = "skipped by --skip-check; " + finding.fix;
    }
  }
}

}  // namespace

Findings check_node(const facts::Facts& facts, const std::vector<std::string>& skipped) {
  Findings findings;
  check_hosts(facts, findings);
  check_existing_nodes(facts, findings);
  check_new_nodes(facts, findings);
  check_disks(facts, findings);
  check_tsdb(facts, findings);
  check_config(facts, findings);
  check_cm_url_is_shared(facts, findings);
  check_metadb(facts, findings);
  check_rows(facts, findings);
  check_vip(facts, findings);
  skip(skipped, findings);
  return findings;
}

Findings check_region(const facts::Facts& facts, const std::vector<std::string>& skipped) {
  Findings findings;
  check_hosts(facts, findings);
  check_existing_nodes(facts, findings);
  check_new_nodes(facts, findings);
  check_disks(facts, findings);
  check_tsdb(facts, findings);
  check_deployed_files(facts, findings);
  check_cm_url_is_shared(facts, findings);
  check_metadb(facts, findings);
  check_region_config(facts, findings);
  skip(skipped, findings);
  return findings;
}

}  // namespace omsctl::checks
