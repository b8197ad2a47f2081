/// The one exception class of omsctl, and the table from its codes to exit codes.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace omsctl::base {

/// What kind of failure it is. The table in error.cpp gives each its exit code (README, "Exit
/// codes").
enum class Code {
  internal,             ///< a defect in omsctl
  usage,                ///< the command line is wrong
  config,               ///< config.yaml is wrong
  refused,              ///< a check refused; nothing was changed
  stopped,              ///< stopped midway, resumable
  rollback_incomplete,  ///< a rollback could not finish
  unverified,           ///< ran to the end, the proof failed
  locked,               ///< another run holds the deployment, or is unfinished
  stale,                ///< the saved plan no longer fits
  interrupted,          ///< Ctrl-C, SIGTERM, a closed terminal
  database,             ///< the MetaDB answered with an error
  remote,               ///< a host could not be reached or answered nonsense
  storage,              ///< a local file could not be read or written, or a copy differs
};

/// The process exit status for `code`. Codes without one of their own (database, remote, storage)
/// mean "refused": they end a command before it changed anything; a run that was under way wraps
/// them in `stopped`.
[[nodiscard]] int exit_code(Code code) noexcept;

/// The stable name of `code`, as JSON output carries it.
[[nodiscard]] std::string_view name(Code code) noexcept;

/// A failure that names the thing, the place and what to do next.
///
/// `what()` is the message; `hint()` the next command or the fix (may be empty); `trace()` holds
/// the context added on the way up, innermost first.
class Error : public std::runtime_error {
 public:
  Error(Code code, const std::string& message, std::string hint = {});

  [[nodiscard]] Code code() const noexcept { return code_; }
  [[nodiscard]] const std::string& hint() const noexcept { return hint_; }
  [[nodiscard]] const std::vector<std::string>& trace() const noexcept { return trace_; }

  /// Adds one line of context, e.g. "while backing up cluster_info".
  Error& add_context(std::string line);

 private:
  Code code_;
  std::string hint_;
  std::vector<std::string> trace_;
};

}  // namespace omsctl::base
