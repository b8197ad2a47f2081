/// Shell words: the only place where a value becomes part of a shell command.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace omsctl::remote {

using Argv = std::vector<std::string>;

/// `word` as one word of a POSIX shell, whatever its bytes. Allow-list: [A-Za-z0-9@%+=:,./_-]
/// stands bare, all else is single-quoted. Throws Error{internal} on a NUL byte, which no argument
/// can hold.
[[nodiscard]] std::string quote(std::string_view word);

/// The words quoted and joined by blanks.
[[nodiscard]] std::string command_line(const Argv& argv);

}  // namespace omsctl::remote
