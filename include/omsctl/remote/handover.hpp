/// How a script is dressed for its way to a host's /bin/sh, and how its end is read on the way
/// back.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "omsctl/remote/process.hpp"
#include "omsctl/remote/shell.hpp"

namespace omsctl::remote {

/// What this side waits longer than the remote deadline: 10 s until its KILL, and the way back.
inline constexpr base::Milliseconds handover_slack{15'000};

/// `deadline` as timeout(1) gets it: whole seconds, rounded up, at least one.
[[nodiscard]] base::Seconds remote_deadline(base::Milliseconds deadline);

/// `script` as one line for a login shell of any kind (sh, csh, fish), which calls the script
/// hand_over: its first output is handover_mark. Throws Error{internal} for a NUL byte and for a
/// script too long for one argument (128 KiB).
[[nodiscard]] std::string handover_text(std::string_view script, base::Seconds deadline, bool sudo);

/// A line: what a login shell's own files print (a greeting in .bashrc) comes before it.
inline constexpr std::string_view handover_mark = "omsctl-handover\n";

/// `out` from behind the mark on; all of it where the mark does not stand, for a diagnosis.
[[nodiscard]] std::string without_greeting(std::string out);

/// The same for output that is handed on as it comes: nothing before the mark is.
[[nodiscard]] std::function<void(std::string_view)> behind_greeting(
    std::function<void(std::string_view)> on_output);

/// The same on this machine, without a login shell between.
[[nodiscard]] Argv local_argv(std::string_view script, base::Seconds deadline, bool sudo);

/// What the end of an ssh session says about the script that was handed over to it: status 255, or
/// a client that was killed or had to be, mean Ending::unknown; 124 and 137 at the deadline
/// Ending::timed_out.
[[nodiscard]] Result read_session_end(Result result, base::Seconds deadline);

/// What the end of local_argv() says, in the same terms.
[[nodiscard]] Result read_local_end(Result result, base::Seconds deadline);

}  // namespace omsctl::remote
