/// The rules of config.yaml's keys (domain §6), applied to entries.
#pragma once

#include "omsctl/oms/settings.hpp"

#include "entries.hpp"
#include "findings.hpp"

namespace omsctl::oms {

/// The settings that `entries` hold; worth something only when no error was found.
[[nodiscard]] Settings read_settings(const Entries& entries, Findings& findings);

}  // namespace omsctl::oms
