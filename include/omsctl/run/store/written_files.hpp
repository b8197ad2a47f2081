/// The files that a run relies on later, known by digests in its journal: a damaged one is found
/// out before anything is done with it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "omsctl/plan/plan.hpp"
#include "omsctl/run/store/directory.hpp"

namespace omsctl::run {

/// The key of a record under which the digests stand: SHA-256 by name below the run's directory.
inline constexpr const char* files_key = "files";

/// Of plan, options and artifacts, as they are written before the run's first record; of the way
/// back, its plan.
[[nodiscard]] nlohmann::json files_at_start(const RunDirectory& directory, bool back);

/// Of what the step has recorded for later steps; empty when it records nothing.
[[nodiscard]] nlohmann::json files_recorded_by(const plan::Step& step,
                                               const RunDirectory& directory);

/// Compares each file that `records` name with what is on disk. Throws Error{storage} for the first
/// one that is gone or not as it was written.
void verify_files(const std::filesystem::path& directory,
                  const std::vector<nlohmann::json>& records);

}  // namespace omsctl::run
