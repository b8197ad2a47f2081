/// What hosts printed, kept for people. Private to this room.
#pragma once

#include <string>

#include "omsctl/run/actions.hpp"

namespace omsctl::run {

/// Appends to the host's log in the run's directory. A log that cannot be written is told and stops
/// nothing: the journal, not the log, is what going on or back needs.
void keep_log(const std::string& host,
              const std::string& text,
              Workbench& bench,
              const StepContext& step);

}  // namespace omsctl::run
