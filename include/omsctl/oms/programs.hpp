/// The programs in an OMS container, by supervisor's own text (its exit code cannot be trusted,
/// domain §4.3).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace omsctl::oms {

struct Program {
  std::string name;
  std::string state;  ///< RUNNING, STOPPED, STARTING, BACKOFF, STOPPING, EXITED, FATAL, UNKNOWN
  [[nodiscard]] bool is_running() const { return state == "RUNNING"; }
};

/// The lines of `supervisorctl status`; lines that are none are left out.
[[nodiscard]] std::vector<Program> parse_programs(std::string_view status_output);

/// Names of the RUNNING ones, in order.
[[nodiscard]] std::vector<std::string> running(const std::vector<Program>& programs);

// Scripts for a host. Each is POSIX sh; its exit status 0 means done, or "it holds".

/// Prints `supervisorctl status` of the container; fails only when supervisor does not answer.
[[nodiscard]] std::string status_script(const std::string& container);
[[nodiscard]] std::string stop_all_script(const std::string& container);
[[nodiscard]] std::string start_script(const std::string& container,
                                       const std::vector<std::string>& programs);
/// Holds when supervisor answers.
[[nodiscard]] std::string answers_script(const std::string& container);
/// Holds when each of `programs` is RUNNING.
[[nodiscard]] std::string running_script(const std::string& container,
                                         const std::vector<std::string>& programs);
/// Holds when no program runs, starts or stops, and nothing listens on any of `ports` of the host:
/// a stopped wrapper can leave its child alive (design §5.1, quiet).
[[nodiscard]] std::string quiet_script(const std::string& container, const std::vector<int>& ports);

}  // namespace omsctl::oms
