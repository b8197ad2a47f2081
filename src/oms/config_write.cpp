#include "omsctl/oms/config_write.hpp"

#include <fmt/format.h>

#include "omsctl/oms/container.hpp"
#include "omsctl/remote/shell.hpp"

namespace omsctl::oms {

using remote::command_line;
using remote::quote;

namespace {

/// One mark for both directions: what the way forward has torn, the way back may write.
std::string writing_mark(const std::string& source) {
  return source.substr(0, source.rfind('.')) + ".writing";
}

}  // namespace

std::string replace_content_script(const std::string& container,
                                   const std::string& path,
                                   const std::string& source,
                                   const std::string& before,
                                   const std::string& after) {
  const std::string through_container =
      command_line({"docker", "exec", container, "sha256sum", std::string(config_in_container)});
  return fmt::format(
      "f={0}; s={1}; mark={2}\n"
      "digest() {{ sha256sum < \"$1\" | cut -c1-64; }}\n"
      "[ \"$(digest \"$s\")\" = {4} ] || {{ echo \"$s is not what the run put there\"; exit 4; }}\n"
      "now=$(digest \"$f\")\n"
      "if [ \"$now\" != {4} ]; then\n"
      "  if [ \"$now\" != {3} ] && [ ! -e \"$mark\" ]; then\n"
      "    echo \"$f was changed by somebody else:\"; exit 3\n"
      "  fi\n"
      "  : > \"$mark\" && sync \"$mark\" || exit 4\n"
      "  dd if=\"$s\" of=\"$f\" bs=1048576 conv=notrunc,fsync 2>/dev/null &&\n"
      "    truncate -s \"$(stat -c %s \"$s\")\" \"$f\" && sync \"$f\" || {{ echo \"cannot write "
      "$f\"; exit 4; }}\n"
      "fi\n"
      "rm -f \"$mark\" || exit 4\n"  // it is whole: from here on whoever changes it is a stranger
      "seen=$({5} 2>&1) || {{ echo \"cannot look through the container: $seen\"; exit 5; }}\n"
      "seen=${{seen%% *}}\n"
      "[ \"$seen\" = {4} ] || {{ echo \"the container sees another file (digest $seen)\"; exit 5; "
      "}}\n",
      quote(path),
      quote(source),
      quote(writing_mark(source)),
      quote(before),
      quote(after),
      through_container);
}

std::string read_config_script(const std::string& path, const std::string& copy) {
  return fmt::format("if [ -e {} ]; then echo half; else echo whole; fi\ncat {}\n",
                     quote(writing_mark(copy)),
                     quote(path));
}

ConfigRead parse_read_config(const std::string& printed) {
  const std::size_t line = printed.find('\n');
  if (line == std::string::npos)
    return {};
  return {printed.substr(0, line) == "half", printed.substr(line + 1)};
}

std::string reserve_room_script(const std::string& path, std::size_t bytes) {
  return fmt::format(
      "umask 077\nrm -f -- {1}; (set -C; : > {1}) || exit 1\n"  // a new file, through no link
      "fallocate -l {0} {1} 2>/dev/null || head -c {0} /dev/zero > {1} || "
      "{{ rm -f -- {1}; exit 1; }}\n",
      bytes,
      quote(path));
}

std::string reserve_content_script(const std::string& path, std::size_t bytes) {
  return fmt::format(
      "said=$(fallocate -n -l {} {} 2>&1) || case $said in *space*|*quota*) echo \"$said\"; exit "
      "1;; "
      "esac\n",
      bytes,
      quote(path));
}

}  // namespace omsctl::oms
