/// An existing node's config.yaml on the way back. Private to this room.
#pragma once

#include <string>

#include "omsctl/run/actions.hpp"

namespace omsctl::run {

/// Whether the file is one of the run's, or half written by it. `evidence`: what it says otherwise.
[[nodiscard]] bool is_known_config(const plan::ConfigKnown& probe,
                                   Workbench& bench,
                                   const std::stop_token& stop,
                                   std::string& evidence);

/// Writes the old one in place (bytes, inode, owner, mode), by the same protocol as the way
/// forward; the copy beside it is put there again when it is gone. Throws Error{stopped} when a
/// stranger has edited the file.
void restore_config(const plan::RestoreConfig& action, Workbench& bench, const StepContext& step);

}  // namespace omsctl::run
