/// The way back of a run, service first (design §5.4). Private to this room.
#pragma once

#include <vector>

#include "omsctl/runbook/steps.hpp"

namespace omsctl::runbook {

/// All that a rollback may have to do; `stages` is the way forward. Each step names the steps of
/// `stages` that it takes back, or that it is needed by.
[[nodiscard]] std::vector<plan::Stage> way_back(const Deployment& deployment,
                                                const std::vector<plan::Stage>& stages);

/// At the end of the way forward: what a rollback of a completed run compares with.
[[nodiscard]] plan::Step record_left(const Deployment& deployment);

}  // namespace omsctl::runbook
