/// A run whose machine is gone, fetched from its second copy. Private to this room.
#pragma once

#include "omsctl/cli/options.hpp"
#include "omsctl/cli/output.hpp"

namespace omsctl::cli {

/// Makes a run directory of what lies on the host --from; `options.run` may be a prefix or "last"
/// there too. Returns the run's id. Throws Error{usage} when there is no such copy, or when the run
/// is here already; Error{storage} when it cannot be unpacked.
[[nodiscard]] std::string fetch_second_copy(const Options& options, Output& output);

}  // namespace omsctl::cli
