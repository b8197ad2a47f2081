/// One child process: started, fed, read and ended within a deadline.
#pragma once

#include <cstddef>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "omsctl/base/clock.hpp"

namespace omsctl::remote {

/// How a command ended, as far as this side can know.
enum class Ending {
  exited,       ///< by itself; see exit_code
  signalled,    ///< killed by a signal that was not ours; see signal
  timed_out,    ///< ended at its deadline (ours, or the one on the remote side)
  cancelled,    ///< ended because a stop was requested
  unreachable,  ///< it was never handed over: the host cannot be reached
  unknown,      ///< handed over, then the connection was lost: it may or may not have run
};

/// What a command left behind. A non-zero exit code is an answer, not an error.
struct Result {
  Ending ending = Ending::unknown;
  int exit_code = -1;
  int signal = 0;
  std::string out;
  std::string err;
  bool truncated = false;  ///< more output than ProcessSpec::keep; the newest part was kept
  base::Milliseconds elapsed{0};

  [[nodiscard]] bool ok() const noexcept { return ending == Ending::exited && exit_code == 0; }
};

/// One line for a person: "exit status 3", "ended at its deadline of …", "unreachable: …".
[[nodiscard]] std::string describe(const Result& result);

/// What to run and how.
struct ProcessSpec {
  std::vector<std::string> argv;
  std::string input{};  ///< fed to stdin, then closed; empty: /dev/null
  int input_fd = -1;    ///< or: stdin is this descriptor (not closed)
  int output_fd = -1;   ///< or: stdout is this descriptor (not closed), Result::out stays empty
  int error_fd = -1;    ///< or: stderr is this descriptor (not closed), Result::err stays empty
  std::function<void(std::string_view)>
      on_output{};  ///< called with stdout as it comes, instead of out
  base::Milliseconds deadline{60'000};
  base::Milliseconds grace{5'000};        ///< between TERM and KILL to the process group
  std::size_t keep = 64UL * 1024 * 1024;  ///< bytes of out and of err kept, each
  bool own_session =
      false;  ///< no controlling terminal either: what would prompt there fails at once
};

/// Runs `spec` and waits for its end. The child gets its own process group, default signals and
/// only the descriptors 0, 1 and 2. What keeps its output open after its end (a grandchild) is
/// waited for half a second. A stop that was requested before the start starts nothing.
/// Thread-safe. Throws Error{internal} when the program cannot be started.
[[nodiscard]] Result run_process(const ProcessSpec& spec, const std::stop_token& stop = {});

}  // namespace omsctl::remote
