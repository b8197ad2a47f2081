/// What to type next, as it stands.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace omsctl::run {

/// "omsctl resume RUN" for ("resume", <state directory>/runs/RUN); with --state-dir when the state
/// does not lie where it does by default.
[[nodiscard]] std::string to_type(std::string_view command, const std::filesystem::path& run);

/// Of a run that is left at once: "\nexiting now; continue with: omsctl resume RUN …"; one that
/// goes back can do no other. `directory` is the run's.
[[nodiscard]] std::string last_words(const std::filesystem::path& directory, bool back);

}  // namespace omsctl::run
