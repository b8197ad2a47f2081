/// What was chosen on the command line, as JSON that stands in run.json. Private to this room.
#pragma once

#include <string>

#include "omsctl/facts/facts.hpp"

namespace omsctl::cli {

[[nodiscard]] std::string encode(const facts::Choices& choices);
/// Throws Error{storage}.
[[nodiscard]] facts::Choices decode_choices(const std::string& text);

}  // namespace omsctl::cli
