/// Room for what the run will write, and its second copy on a host. Private to this room.
#pragma once

#include "omsctl/run/actions.hpp"

namespace omsctl::run {

void reserve_room(const plan::ReserveRoom& action, Workbench& bench, const StepContext& step);
void copy_run(const plan::CopyRun& action, Workbench& bench, const StepContext& step);

}  // namespace omsctl::run
