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

/// The same of the container whose id is in $id.
std::string made_by_id() {
  return fmt::format(
      R"(docker inspect --type container --format '{{{{index .Config.Labels "{}"}}}}' "$id")",
      run_label);
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
  return fmt::format(
      "all=$(docker ps -aq) || exit 1\n"
      "for id in $all; do\n"
      "  mounts=$(docker inspect --format '{{{{range .Mounts}}}}{{{{println "
      ".Source}}}}{{{{end}}}}' "
      "\"$id\") || exit 1\n"
      "  [ \"$({})\" != {} ] || continue\n"
      "  if used=$(printf '%s\\n' \"$mounts\" | {}); then\n"
      "    echo \"container $id, which is not of this run, uses\" $used; exit 1\n"
      "  fi\n"
      "done\n",
      made_by_id(),
      remote::quote(run),
      remote::command_line(find));
}

}  // namespace omsctl::oms
