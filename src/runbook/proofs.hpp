/// What the proofs share. Private to this room.
#pragma once

#include <string>
#include <vector>

#include "omsctl/runbook/steps.hpp"

namespace omsctl::runbook {

/// Seconds: what nobody writes any more needs no waiting.
inline constexpr int settled_deadline = 3;

/// Seconds that a proof may take after docker_init.sh: a fifth of what the script itself may take,
/// 3 min by default. Heartbeats come at a rate that only the vendor knows, and a host counts as
/// down after 540 s without one (oms §4.4).
[[nodiscard]] int prove_deadline(const Deployment& deployment);

/// Holds when the node's programs run and, where that is demanded, it says that it is healthy.
[[nodiscard]] remote::Calls service_proven(const Deployment& deployment, const std::string& host);

/// The region's code, as the tables hold it.
[[nodiscard]] std::string code(const Deployment& deployment);

/// The answer of host_status_query() and hosts_query() when all `nodes` are well.
[[nodiscard]] std::vector<std::vector<std::string>> online(const Deployment& deployment,
                                                           std::vector<std::string> nodes);

/// The region's row in cluster_info is the target's; of a new region with its name and default
/// flag too.
[[nodiscard]] plan::SqlEquals cluster_info_right(const Deployment& deployment);

}  // namespace omsctl::runbook
