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

std::string unused_by_others_script(const std::vector<std::string>& paths, const std::string& run) {
  std::vector<std::string> find{"grep", "-xF"};
  for (const std::string& path : paths)
    find.insert(find.end(), {"-e", path});
  const std::string strangers_mounts = fmt::format(
      R"({{{{if ne (index .Config.Labels "{}") "{}"}}}}{{{{range .Mounts}}}}{{{{println .Source}}}}{{{{end}}}}{{{{end}}}})",
      run_label,
      run);
  return fmt::format(
      "all=$(docker ps -aq) || exit 1\n"
      "[ -n \"$all\" ] || exit 0\n"
      "mounts=$(docker inspect --type container --format {} $all) || exit 1\n"
      "used=$(printf '%s\\n' \"$mounts\" | {}) || exit 0\n"
      "echo \"a container that this run has not made uses\" $used; exit 1\n",
      remote::quote(strangers_mounts),
      remote::command_line(find));
}

}  // namespace omsctl::oms
