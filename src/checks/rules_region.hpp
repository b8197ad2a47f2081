/// Parts of the rules of a further region. Private to this room.
#pragma once

#include <string>

#include "omsctl/checks/rules.hpp"

namespace omsctl::checks {

/// `text` as somebody reads it who overlooks case and blanks.
[[nodiscard]] std::string plain(const std::string& text);

/// "region 2 (cn-lab)".
[[nodiscard]] std::string name_of(const oms::RegionRow& region);

/// The new region's heartbeats must not mix with another's (guide: "must be different").
void check_heartbeat(const facts::Facts& facts, Findings& findings);

/// The other keys of config.yaml against the initial node's.
void check_region_keys(const facts::Facts& facts, Findings& findings);

}  // namespace omsctl::checks
