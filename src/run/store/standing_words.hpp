/// The table of standings: what each is called, why a run stands there, what is open and what to
/// type. Private to this room.
#pragma once

#include "omsctl/run/store/standing.hpp"

namespace omsctl::run {

/// Fills in all but `where` and `run`, which are known, and whether OMS is down. `left_something`:
/// not all that the run undid could be; `initialised`: docker_init.sh had ended well when it
/// stopped.
void tell(Standing& standing, const Evidence& evidence, bool left_something, bool initialised);

}  // namespace omsctl::run
