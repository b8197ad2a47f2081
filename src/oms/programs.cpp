#include "omsctl/oms/programs.hpp"

#include <algorithm>
#include <array>
#include <sstream>

#include "omsctl/base/text.hpp"

namespace omsctl::oms {

using remote::with;

namespace {

constexpr std::array<std::string_view, 8> states{
    "STOPPED", "STARTING", "RUNNING", "BACKOFF", "STOPPING", "EXITED", "FATAL", "UNKNOWN"};

}  // namespace

std::vector<Program> parse_programs(std::string_view status_output) {
  std::vector<Program> programs;
  for (const std::string& line : base::lines_of(status_output)) {
    std::istringstream words(line);
    Program program;
    words >> program.name >> program.state;
    if (std::find(states.begin(), states.end(), program.state) != states.end())
      programs.push_back(program);
  }
  return programs;
}

std::vector<std::string> running(const std::vector<Program>& programs) {
  std::vector<std::string> names;
  for (const Program& program : programs)
    if (program.is_running())
      names.push_back(program.name);
  return names;
}

remote::Call program_states(const std::string& container) {
  return {"program_states", {container}};
}

remote::Call stop_programs(const std::string& container) {
  return {"stop_programs", {container}};
}

remote::Call restart_programs(const std::string& container,
                              const std::vector<std::string>& programs) {
  return with({"restart_programs", {container}}, programs);
}

remote::Call programs_run(const std::string& container, const std::vector<std::string>& programs) {
  return with({"programs_run", {container}}, programs);
}

remote::Call node_quiet(const std::string& container, const std::vector<int>& ports) {
  std::vector<std::string> words(ports.size());
  std::transform(
      ports.begin(), ports.end(), words.begin(), [](int port) { return std::to_string(port); });
  return with({"node_quiet", {container}}, words);
}

remote::Call load_config(const std::string& container) {
  return {"load_config", {container}};
}

}  // namespace omsctl::oms
