/// Brings files and images to hosts. Private to this room.
#pragma once

#include "omsctl/run/actions.hpp"

namespace omsctl::run {

void put_file(const plan::PutFile& action, Workbench& bench, const StepContext& step);
void ship_image(const plan::ShipImage& action, Workbench& bench, const StepContext& step);

}  // namespace omsctl::run
