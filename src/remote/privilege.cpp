#include "omsctl/remote/privilege.hpp"

#include <fmt/format.h>

#include "omsctl/base/text.hpp"

namespace omsctl::remote {

std::optional<Privilege> read_privilege(std::string_view out) {
  for (const std::string& line : base::lines_of(out)) {
    const auto words = base::split(line, ' ');
    if (words.size() < 4 || words[0] != "omsctl-privilege")
      continue;
    // The name is the rest of the line: those of a directory service may hold blanks.
    const std::size_t name = words[0].size() + words[1].size() + words[2].size() + 3;
    return Privilege{.root = words[1] == "0", .sudo = words[2] == "0", .user = line.substr(name)};
  }
  return std::nullopt;
}

Connection privilege_answer(const std::string& host, const Privilege& found, std::string_view err) {
  Connection connection;
  connection.reachable = true;
  connection.privileged = found.root || found.sudo;
  connection.user = found.user;
  if (connection.privileged)
    return connection;
  const auto said = base::last_lines(base::trim(err), 1);
  connection.failure = "sudo";
  connection.reason =
      fmt::format("{} is not root, and \"sudo -n\" says: {}",
                  base::printable(found.user),
                  said.empty() ? "nothing" : base::printable(base::trim(said.front())));
  connection.hint = fmt::format(
      "log in as root, or let {0} use sudo without a password: add \"{0} ALL=(ALL) NOPASSWD: ALL\" "
      "with "
      "\"visudo\" on {1}",
      base::printable(found.user),
      host);
  return connection;
}

}  // namespace omsctl::remote
