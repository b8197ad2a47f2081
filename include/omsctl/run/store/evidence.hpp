/// What a run's directory says of it.
#pragma once

#include "omsctl/run/store/directory.hpp"
#include "omsctl/run/store/standing.hpp"

namespace omsctl::run {

/// Everything that a standing is made of but for the lease; every file that the journals name is
/// compared with its digest. Damage is part of the answer, and so are files of another omsctl.
[[nodiscard]] Evidence read_evidence(const RunDirectory& directory);

/// A way back that has only looked has not begun.
[[nodiscard]] History way_back_taken(const plan::Plan& back, const History& history);

}  // namespace omsctl::run
