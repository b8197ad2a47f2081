/// A standing in words. Private to this room.
#pragma once

#include <string>

#include "omsctl/run/store/standing.hpp"

namespace omsctl::run {

/// Why the run stands where `standing` says. `left_something`: not all that it undid could be;
/// `initialised`: it stopped when docker_init.sh had ended well.
[[nodiscard]] std::string reason_of(const Evidence& evidence,
                                    const Standing& standing,
                                    bool left_something,
                                    bool initialised);

/// What to do about it, the open ways as they are typed.
[[nodiscard]] std::string next_of(const Evidence& evidence, const Standing& standing);

}  // namespace omsctl::run
