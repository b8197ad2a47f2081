/// Follows docker_init.sh to its end. Private to this room.
#pragma once

#include "omsctl/run/actions.hpp"

namespace omsctl::run {

void follow_job(const plan::AwaitJob& action, Workbench& bench, const StepContext& step);

}  // namespace omsctl::run
