/// The rules of a scale-out: facts in, findings out. Nothing is asked of any server here.
#pragma once

#include <string>
#include <vector>

#include "omsctl/checks/findings.hpp"
#include "omsctl/facts/facts.hpp"

namespace omsctl::checks {

/// Every rule of `scale-out node` on `facts`, errors of the ids in `skipped` turned into warnings.
[[nodiscard]] Findings check_node(const facts::Facts& facts,
                                  const std::vector<std::string>& skipped);

/// Likewise of `scale-out region`.
[[nodiscard]] Findings check_region(const facts::Facts& facts,
                                    const std::vector<std::string>& skipped);

// Their parts, each a group of rules about one thing.
void check_hosts(const facts::Facts& facts, Findings& findings);
void check_new_nodes(const facts::Facts& facts, Findings& findings);
void check_disks(const facts::Facts& facts, Findings& findings);
void check_existing_nodes(const facts::Facts& facts, Findings& findings);
void check_tsdb(const facts::Facts& facts, Findings& findings);
void check_certificate(const facts::Facts& facts, Findings& findings);  ///< where OMS was found
void check_config(const facts::Facts& facts, Findings& findings);
void check_deployed_files(const facts::Facts& facts, Findings& findings);
void check_region_config(const facts::Facts& facts, Findings& findings);
void check_cm_url_is_shared(const facts::Facts& facts, Findings& findings);
void check_metadb(const facts::Facts& facts, Findings& findings);
void check_rows(const facts::Facts& facts, Findings& findings);
void check_vip(const facts::Facts& facts, Findings& findings);

}  // namespace omsctl::checks
