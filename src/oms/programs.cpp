#include "omsctl/oms/programs.hpp"

#include <algorithm>
#include <array>
#include <sstream>

#include <fmt/format.h>

#include "omsctl/base/text.hpp"
#include "omsctl/remote/shell.hpp"

namespace omsctl::oms {
namespace {

using remote::command_line;
using remote::quote;

constexpr std::array<std::string_view, 8> states{
    "STOPPED", "STARTING", "RUNNING", "BACKOFF", "STOPPING", "EXITED", "FATAL", "UNKNOWN"};

/// An extended regular expression for a line of `supervisorctl status` in one of `wanted`: the
/// state is the second word. A state's name may stand in any program's description.
std::string line_in(std::string_view wanted) {
  return fmt::format("'^[^[:blank:]]+[[:blank:]]+({})([[:blank:]]|$)'", wanted);
}

std::string any_line() {
  return line_in(fmt::format("{}", fmt::join(states, "|")));
}

std::string supervisorctl(const std::string& container, const std::vector<std::string>& words) {
  remote::Argv argv{"docker", "exec", container, "supervisorctl"};
  argv.insert(argv.end(), words.begin(), words.end());
  return command_line(argv);
}

/// `text` as a literal in a POSIX basic regular expression.
std::string literal(std::string_view text) {
  std::string pattern;
  for (const char c : text) {
    if (std::string_view("\\.*[]^$").find(c) != std::string_view::npos)
      pattern += '\\';
    pattern += c;
  }
  return pattern;
}

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

std::string status_script(const std::string& container) {
  // A line with a state word proves that supervisor answered; its exit status is 3 when a program
  // is stopped.
  return fmt::format(
      "text=$({} 2>&1); printf '%s\\n' \"$text\"\nprintf '%s\\n' \"$text\" | grep -qE {}\n",
      supervisorctl(container, {"status"}),
      any_line());
}

std::string stop_all_script(const std::string& container) {
  return supervisorctl(container, {"stop", "all"}) + "\n";
}

std::string start_script(const std::string& container, const std::vector<std::string>& programs) {
  std::vector<std::string> words{"start"};
  words.insert(words.end(), programs.begin(), programs.end());
  return supervisorctl(container, words) + "\n";
}

std::string answers_script(const std::string& container) {
  return status_script(container);
}

std::string running_script(const std::string& container, const std::vector<std::string>& programs) {
  std::string script =
      fmt::format("text=$({} 2>&1)\nfailed=0\n", supervisorctl(container, {"status"}));
  for (const std::string& program : programs)
    script += fmt::format(
        "printf '%s\\n' \"$text\" | grep -q {} || {{ failed=1; printf '%s\\n' {}; printf '%s\\n' "
        "\"$text\" | grep {}; }}\n",
        quote("^" + literal(program) + R"([[:blank:]]\{1,\}RUNNING\([[:blank:]]\|$\))"),
        quote("not RUNNING: " + program),
        quote("^" + literal(program) + "[[:blank:]]"));
  return script + "exit $failed\n";
}

std::string quiet_script(const std::string& container, const std::vector<int>& ports) {
  std::string script = fmt::format(
      "text=$({} 2>&1)\n"
      "printf '%s\\n' \"$text\" | grep -qE {} || {{ printf '%s\\n' \"$text\"; exit 1; }}\n"
      "if printf '%s\\n' \"$text\" | grep -E {}; then echo 'it does not stop, or something starts "
      "it "
      "again: a watchdog, cron, systemd?'; exit 1; fi\n",
      supervisorctl(container, {"status"}),
      any_line(),
      line_in("RUNNING|STARTING|STOPPING|BACKOFF|UNKNOWN"));
  // State 0A is LISTEN; the second field is address:port in hex (proc(5)).
  for (const int port : ports)
    script += fmt::format(
        "if cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -qE '^ *[0-9]+: [0-9A-F]+:{:04X} "
        "[0-9A-F:]+ 0A '; then "
        "echo 'something still listens on port {}'; exit 1; fi\n",
        port,
        port);
  return script;
}

}  // namespace omsctl::oms
