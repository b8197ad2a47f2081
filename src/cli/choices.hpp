/// What was chosen on the command line, as it stands in run.json. Private to this room.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "omsctl/facts/facts.hpp"

namespace omsctl::cli {

[[nodiscard]] nlohmann::json encode(const facts::Choices& choices);
/// Throws Error{storage}.
[[nodiscard]] facts::Choices decode_choices(const nlohmann::json& document);

}  // namespace omsctl::cli
