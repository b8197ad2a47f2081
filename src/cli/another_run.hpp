/// What another run means for this one. Private to this room.
#pragma once

#include <filesystem>
#include <stop_token>

#include "omsctl/cli/options.hpp"
#include "omsctl/cli/output/output.hpp"

namespace omsctl::cli {

/// Another run that holds the deployment, or that stopped midway, ends the command with exit code
/// 8: throws Error{locked}.
void refuse_when_locked(const facts::Facts& facts, const std::filesystem::path& state);

/// The same, asked once more: another run may have begun while this one looked around, and what it
/// does looks like mistakes.
void refuse_when_locked_by_now(const facts::Facts& facts,
                               const Options& options,
                               remote::Fleet& fleet);

/// Waits until no run holds the deployment any more, --lock-wait long at most; false when none did.
/// What was found out while one did is of no use afterwards.
[[nodiscard]] bool waited_for_another(const Options& options,
                                      const facts::Facts& facts,
                                      remote::Fleet& fleet,
                                      Output& output,
                                      const std::stop_token& stop);

}  // namespace omsctl::cli
