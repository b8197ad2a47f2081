/// What an earlier process of a run has left half done, found out. Private to this room.
#pragma once

#include "omsctl/plan/plan.hpp"
#include "omsctl/run/actions.hpp"

namespace omsctl::run {

/// Whether the transaction of a step that deletes rows was committed: the lease's row, which is
/// ours, says so. Throws Error{database} when the MetaDB cannot be asked.
[[nodiscard]] bool is_committed(const plan::Step& step, Workbench& bench);

/// Puts a docker_init.sh job of `step` that is over aside, so that the step starts another. Throws
/// Error{stopped} when one still runs.
void set_jobs_aside(const plan::Step& step, Workbench& bench, const StepContext& context);

}  // namespace omsctl::run
