/// What to type next, as it stands.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace omsctl::run {

/// "omsctl resume RUN" for ("resume", <state directory>/runs/RUN); with --state-dir when the state
/// does not lie where it does by default.
[[nodiscard]] std::string to_type(std::string_view command, const std::filesystem::path& run);

/// "omsctl resume RUN   or back with: omsctl rollback RUN"
[[nodiscard]] std::string both_ways(const std::filesystem::path& run);

}  // namespace omsctl::run
