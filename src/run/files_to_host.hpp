/// Brings files and images to hosts. Private to this room.
#pragma once

#include "omsctl/run/actions.hpp"

namespace omsctl::run {

/// The lease is still ours, or this throws. On the way back a MetaDB that does not answer is no
/// obstacle, a lease that another run has taken is.
void check_lease(Workbench& bench, const StepContext& step);

void put_file(const plan::PutFile& action, Workbench& bench, const StepContext& step);
void send_file(const plan::SendFile& action, Workbench& bench, const StepContext& step);
void ship_image(const plan::ShipImage& action, Workbench& bench, const StepContext& step);

}  // namespace omsctl::run
