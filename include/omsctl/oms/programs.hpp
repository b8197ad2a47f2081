/// The programs in an OMS container, by supervisor's own text (its exit code cannot be trusted,
/// oms §4.3).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "omsctl/remote/script.hpp"

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

// Calls on a host. Exit status 0 means done, or "it holds".

/// Prints what supervisor says of the programs; holds when it answers.
[[nodiscard]] remote::Call program_states(const std::string& container);
[[nodiscard]] remote::Call stop_programs(const std::string& container);
[[nodiscard]] remote::Call restart_programs(const std::string& container,
                                            const std::vector<std::string>& programs);
/// Holds when each of `programs` is RUNNING.
[[nodiscard]] remote::Call programs_run(const std::string& container,
                                        const std::vector<std::string>& programs);
/// Holds when no program runs, starts or stops, and nothing listens on any of `ports` of the host:
/// a stopped wrapper can leave its child alive (design §5.1, quiet).
[[nodiscard]] remote::Call node_quiet(const std::string& container, const std::vector<int>& ports);
/// Makes the components' own configuration of config.yaml.
[[nodiscard]] remote::Call load_config(const std::string& container);

}  // namespace omsctl::oms
