/// A deployment as values: one healthy node, two that shall join.
#pragma once

#include "omsctl/facts/facts.hpp"

namespace omsctl::tests {

/// Facts of a region with code 1 on 192.0.2.11, whose cm_url is `deployed_cm_url`; the target names
/// the VIP 192.0.2.100 and the nodes 192.0.2.11 to .13. Everything is as it should be: no check
/// refuses.
[[nodiscard]] facts::Facts sample_facts(const std::string& deployed_cm_url);

/// Facts for a further region: code 2, "cn-lab-2", behind the VIP 192.0.2.200 on 192.0.2.21 and
/// .22; region 1 of sample_facts(vip_cm_url) is there, with 192.0.2.11 as the initial node. No
/// check refuses.
[[nodiscard]] facts::Facts sample_region_facts();

inline constexpr const char* physical_cm_url = "http://192.0.2.11:8088";
inline constexpr const char* vip_cm_url = "http://192.0.2.100:8088";

}  // namespace omsctl::tests
