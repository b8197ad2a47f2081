/// The rules of config.yaml's keys (oms §6), applied to entries.
#pragma once

#include "omsctl/config/settings.hpp"

#include "entries.hpp"
#include "problems.hpp"

namespace omsctl::config {

/// The settings that `entries` hold; worth something only when no error was found.
[[nodiscard]] Settings read_settings(const Entries& entries, Problems& findings);

}  // namespace omsctl::config
