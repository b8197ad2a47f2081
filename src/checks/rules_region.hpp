/// Parts of the rules of a further region. Private to this room.
#pragma once

#include <string>

#include "omsctl/checks/rules.hpp"

namespace omsctl::checks {

/// `text` as somebody reads it who overlooks case and blanks.
[[nodiscard]] std::string plain(const std::string& text);

/// "region 2 (cn-lab)".
[[nodiscard]] std::string name_of(const oms::RegionRow& region);

/// Its row in cluster_info, as findings show it.
[[nodiscard]] std::string row_of(const oms::RegionRow& region);

/// Where programs find the new region: a place of its own, where it will answer.
void check_region_url(const facts::Facts& facts, Findings& findings);

/// The new region's heartbeats must not mix with another's (guide: region, step 3).
void check_heartbeat(const facts::Facts& facts, Findings& findings);

/// The other keys of config.yaml against the initial node's.
void check_region_keys(const facts::Facts& facts, Findings& findings);

}  // namespace omsctl::checks
