#include <fmt/format.h>

#include "omsctl/oms/container.hpp"
#include "omsctl/remote/shell.hpp"

namespace omsctl::oms {
namespace {

/// Prints the run that has made the container; nothing for a stranger's.
std::string made_by(const std::string& container) {
  return remote::command_line({"docker",
                               "inspect",
                               "--type",
                               "container",
                               "--format",
                               fmt::format("{{{{index .Config.Labels \"{}\"}}}}", run_label),
                               container});
}

}  // namespace

std::string start_container_script(const ContainerSpec& spec) {
  return fmt::format("if [ \"$({} 2>/dev/null)\" = {} ]; then {}\nelse {}\nfi\n",
                     made_by(spec.name),
                     remote::quote(spec.run),
                     remote::command_line({"docker", "start", spec.name}),
                     remote::command_line(docker_run(spec)));
}

std::string on_own_container_script(const std::string& container,
                                    const std::string& run,
                                    const std::string& docker_command) {
  return fmt::format(
      "made_by=$({0} 2>&1) ||\n"
      "  case $made_by in *[Nn]'o such container'*) exit 0;; *) echo \"$made_by\"; exit 1;; esac\n"
      "[ \"$made_by\" = {1} ] || {{ echo 'the container there is not the one that this run has "
      "made'; exit 1; }}\n"
      "{2} {3}\n",
      made_by(container),
      remote::quote(run),
      docker_command,
      remote::quote(container));
}

}  // namespace omsctl::oms
