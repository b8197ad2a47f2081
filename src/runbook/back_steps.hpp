/// What the parts of the way back share. Private to this room.
#pragma once

#include <string>
#include <vector>

#include "omsctl/oms/init_job.hpp"
#include "omsctl/runbook/steps.hpp"

namespace omsctl::runbook {

/// Where the design asks for the steps of the way back.
inline constexpr const char* rollback_source = "design §5.4: rollback";

using Ids = std::vector<std::string>;

/// A step "back.ID" that is needed when one of `takes_back` was begun.
[[nodiscard]] plan::Step back_step(const std::string& id,
                                   const std::string& where,
                                   std::string title,
                                   Ids takes_back);
[[nodiscard]] Ids each(const char* prefix, const std::vector<std::string>& hosts);

/// The steps after which rows are others than before.
[[nodiscard]] Ids writers(const Deployment& deployment);

/// Nodes on which the run runs docker_init.sh, and the place of its job there.
[[nodiscard]] std::vector<std::string> initialised_hosts(const Deployment& deployment);
[[nodiscard]] oms::JobPlace job_on(const Deployment& deployment, const std::string& host);

[[nodiscard]] plan::ConfigKnown known_config(const Deployment& deployment, const std::string& host);

/// A rollback that is called again looks again, until the rows are back.
void ask_anew(plan::Stage& stage);

/// Whether the way back is open: asked before anything changes.
[[nodiscard]] plan::Stage look(const Deployment& deployment);

/// What the run has made, when the service is proven: the newest first. `stages` is the way
/// forward, whose steps say how they are undone.
[[nodiscard]] std::vector<plan::Stage> removals(const Deployment& deployment,
                                                const std::vector<plan::Stage>& stages);

}  // namespace omsctl::runbook
