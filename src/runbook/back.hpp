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

/// A step "back.ID" that takes these back. Ids that are of no step of the way forward are left out
/// of the plan.
[[nodiscard]] plan::Step back_step(const std::string& id,
                                   const std::string& where,
                                   std::string title,
                                   Ids takes_back);
/// One that does so by calls on a host.
[[nodiscard]] plan::Step back_command(const std::string& id,
                                      const std::string& host,
                                      const std::string& title,
                                      Ids takes_back,
                                      const remote::Calls& calls,
                                      int deadline = 60);
/// A step "back.ID" that takes back nothing, and is needed when one of `needed_by` was begun.
[[nodiscard]] plan::Step guard(const std::string& id,
                               const std::string& where,
                               std::string title,
                               Ids needed_by);

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

/// What the run has made, removed when the service is proven: in each place the newest first.
[[nodiscard]] std::vector<plan::Stage> removals(const Deployment& deployment);

/// Takes back what prepare_new_node() or prepare_existing_node() has put on a node.
[[nodiscard]] std::vector<plan::Step> remove_from_new_node(const Deployment& deployment,
                                                           const std::string& host);
[[nodiscard]] std::vector<plan::Step> remove_from_existing_node(const Deployment& deployment,
                                                                const std::string& host);
[[nodiscard]] plan::Step remove_archive(const Deployment& deployment, const std::string& host);
[[nodiscard]] plan::Step remove_second_copy(const Deployment& deployment);
[[nodiscard]] plan::Step remove_container(const Deployment& deployment, const std::string& host);
[[nodiscard]] plan::Step remove_job(const Deployment& deployment, const std::string& host);
[[nodiscard]] plan::Step start_programs(const Deployment& deployment, const std::string& host);

}  // namespace omsctl::runbook
