/// What a person can do about a run that this omsctl must not take up: OMS may be down meanwhile.
#pragma once

#include <string>

#include "omsctl/run/store/directory.hpp"

namespace omsctl::run {

/// The way back by hand, step by step with its commands: where the rows that were deleted lie and
/// how they are loaded, where the old config.yaml copies lie, which programs ran and how they are
/// started. Made of the files that are there, whatever version of omsctl wrote them.
[[nodiscard]] std::string back_by_hand(const RunDirectory& directory);

}  // namespace omsctl::run
