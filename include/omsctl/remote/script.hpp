/// What runs on hosts: shell functions that lie as files under src/*/scripts, and calls of them.
#pragma once

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace omsctl::remote {

/// A file NAME.sh. Of a host it holds one POSIX shell function of that name; what a container's
/// shell is to run is a text of its own, which functions have as the variable "$NAME". A line
/// "# uses: A B" names the others that it needs.
struct Script {
  enum class Place { host, container };
  std::string_view name;
  Place place;
  std::string_view text;  ///< as it lies there, with its comments
};

/// All of them.
[[nodiscard]] std::span<const Script> scripts();

/// A script and its arguments, "$1" and so on: byte for byte, whatever they hold.
struct Call {
  std::string script;
  std::vector<std::string> arguments{};
  [[nodiscard]] bool operator==(const Call&) const = default;
};

/// `call` with further arguments.
[[nodiscard]] Call with(Call call, const std::vector<std::string>& more);

/// One after the other, each only when the one before it has succeeded; the exit status is that of
/// the last one that ran.
using Calls = std::vector<Call>;

/// Whether there is a script of this name for a host.
[[nodiscard]] bool is_script(std::string_view name);

/// The calls as a person would type them, a line each.
[[nodiscard]] std::string call_text(const Calls& calls);

/// The functions that scripts of these names need, with their comments: to be read, and loaded into
/// a shell before call_text(). Throws Error{internal} for a name that no script has.
[[nodiscard]] std::string functions_text(const std::set<std::string>& names);

/// The same without comments, as they go over to a host.
[[nodiscard]] std::string bare_functions(const std::set<std::string>& names);

/// What goes over to a host's shell: the functions that the calls need, and the calls. Throws
/// Error{internal} for a name that no script has.
[[nodiscard]] std::string text_of(const Calls& calls);

/// `calls`, which begin when no other calls of this kind run on the host any more: what a process
/// of ours that was killed has started there ends first. Waits no longer than `seconds`, then exits
/// with 75.
[[nodiscard]] Calls after_others(Calls calls, long seconds);

/// A call that has so many seconds.
struct Question {
  Call call;
  int seconds = 20;
};

/// Questions that travel together, each answered in a frame of its own, which `nonce` makes
/// unmistakable: a line "NONCE NUMBER", what it printed, "\nNONCE =STATUS\n", what it said on
/// stderr, "\nNONCE .\n". The exit status is 124 for one that was too slow.
[[nodiscard]] std::string framed_text(const std::vector<Question>& questions,
                                      const std::string& nonce);

}  // namespace omsctl::remote
