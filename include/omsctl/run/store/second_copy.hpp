/// A run whose machine is gone, fetched from its second copy on a host.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "omsctl/remote/fleet.hpp"

namespace omsctl::run {

/// Which copy is fetched: `run` may be a prefix or "last".
struct WantedCopy {
  std::string run;
  std::string from;  ///< the host that has it
};

/// Makes a run directory below `state` of what lies on the host, telling `say` so. Returns the
/// run's id. Throws Error{usage} when there is no such copy, or when the run is here already;
/// Error{storage} when it cannot be unpacked.
[[nodiscard]] std::string fetch_second_copy(const WantedCopy& wanted,
                                            const std::filesystem::path& state,
                                            remote::Fleet& fleet,
                                            const std::function<void(const std::string&)>& say);

}  // namespace omsctl::run
