/// What is told about a command line that nobody understands. Private to this room.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

namespace omsctl::cli {

/// Which word of the command line `app` does not know, with the nearest that it knows; or which
/// commands there are, where one is missing. Empty when neither is what `error` is about.
[[nodiscard]] std::string unknown_word(const CLI::App& app, const CLI::ParseError& error);

}  // namespace omsctl::cli
