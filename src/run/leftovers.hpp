/// What docker_init.sh has made in the MetaDB besides the four tables. Private to this room.
#pragma once

#include "omsctl/run/actions.hpp"

namespace omsctl::run {

void drop_heartbeats(const plan::DropHeartbeats& action, Workbench& bench, const StepContext& step);
void tell_leftovers(const plan::TellLeftovers& action, Workbench& bench, const StepContext& step);

}  // namespace omsctl::run
