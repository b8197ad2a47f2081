#include "omsctl/remote/ssh_client.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "omsctl/base/text.hpp"

namespace omsctl::remote {
namespace {

void add_option(Argv& argv, std::string option) {
  argv.emplace_back("-o");
  argv.push_back(std::move(option));
}

/// What every call says. For -o the first value wins, so nothing in a configuration file undoes
/// these.
Argv client_words(const SshTarget& target) {
  Argv argv{"ssh"};
  if (!target.reach.ssh_config.empty())
    argv.insert(argv.end(), {"-F", target.reach.ssh_config});
  for (const char* option : {"BatchMode=yes",
                             "StrictHostKeyChecking=yes",
                             "ConnectTimeout=10",
                             "ServerAliveInterval=15",
                             "ServerAliveCountMax=4",
                             "StreamLocalBindUnlink=yes",
                             "StreamLocalBindMask=0177",
                             "ForwardAgent=no",
                             "ForwardX11=no",
                             "PermitLocalCommand=no",
                             "RemoteCommand=none",
                             "LogLevel=ERROR"})
    add_option(argv, option);
  add_option(argv, "ControlPath=" + target.control.string());
  if (!target.reach.user.empty())
    argv.insert(argv.end(), {"-l", target.reach.user});
  if (target.reach.port)
    argv.insert(argv.end(), {"-p", std::to_string(*target.reach.port)});
  return argv;
}

Argv control_argv(const SshTarget& target, const std::string& order, const Argv& more = {}) {
  Argv argv = client_words(target);
  argv.insert(argv.end(), {"-O", order});
  argv.insert(argv.end(), more.begin(), more.end());
  argv.insert(argv.end(), {"--", target.host});
  return argv;
}

/// The same login as a person would type it.
std::string by_hand(const SshTarget& target, const Argv& options = {}, const Argv& command = {}) {
  Argv argv{"ssh"};
  argv.insert(argv.end(), options.begin(), options.end());
  if (!target.reach.ssh_config.empty())
    argv.insert(argv.end(), {"-F", target.reach.ssh_config});
  if (!target.reach.user.empty())
    argv.insert(argv.end(), {"-l", target.reach.user});
  if (target.reach.port)
    argv.insert(argv.end(), {"-p", std::to_string(*target.reach.port)});
  argv.push_back(target.host);
  argv.insert(argv.end(), command.begin(), command.end());
  return command_line(argv);
}

/// The last lines that say something, on one line.
std::string reason_in(std::string_view log) {
  std::vector<std::string> lines;
  for (const std::string& line : base::lines_of(log)) {
    const std::string_view text = base::trim(line);
    if (!text.empty() && text != "Host key verification failed.")
      lines.push_back(base::printable(text));
  }
  constexpr std::size_t shown = 2;
  if (lines.size() > shown)
    lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(shown));
  return base::join(lines, "; ");
}

bool has(std::string_view log, std::string_view text) {
  return log.find(text) != std::string_view::npos;
}

Connection host_key_failure(const SshTarget& target, std::string_view log) {
  const bool changed = has(log, "IDENTIFICATION HAS CHANGED") || has(log, "REVOKED HOST KEY");
  Connection connection;
  connection.failure = "host_key";
  connection.hint = changed
                        ? fmt::format(
                              "find out why the key changed; only then remove the old one with "
                              "\"ssh-keygen -R\" (the log names the file), log in once with \"{}\" "
                              "and compare the fingerprint it shows with the host's own",
                              by_hand(target))
                        : fmt::format(
                              "log in once with \"{}\" and compare the fingerprint it shows with "
                              "\"ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub\" typed on the "
                              "host's own console",
                              by_hand(target));
  return connection;
}

}  // namespace

Argv master_argv(const SshTarget& target) {
  Argv argv = client_words(target);
  add_option(argv, "ControlMaster=yes");
  add_option(argv, "ControlPersist=60");
  add_option(argv, "ClearAllForwardings=yes");
  argv.insert(argv.end(), {"-N", "-f", "-T", "--", target.host});
  return argv;
}

Argv session_argv(const SshTarget& target,
                  const std::string& text,
                  const std::filesystem::path& refusal) {
  Argv argv = client_words(target);
  add_option(argv, "ControlMaster=no");
  // Without a master, or refused by it, the client would open a connection of its own: let it
  // "connect" to a command that leaves a trace and ends.
  add_option(argv, "ProxyCommand=touch " + quote(refusal.string()));
  add_option(argv, "ClearAllForwardings=yes");
  argv.insert(argv.end(), {"-T", "--", target.host, text});
  return argv;
}

Argv exit_argv(const SshTarget& target) {
  return control_argv(target, "exit");
}

Argv forward_argv(const SshTarget& target,
                  const std::filesystem::path& socket,
                  const std::string& address,
                  std::uint16_t port) {
  return control_argv(
      target,
      "forward",
      {"-L", fmt::format("{}:{}:{}", socket.string(), base::in_url(address), port)});
}

bool was_dropped(std::string_view log) {
  return has(log, "kex_exchange_identification: ");
}

Connection diagnose(const SshTarget& target, std::string_view log) {
  Connection connection;
  if (has(log, "Host key verification failed")) {
    connection = host_key_failure(target, log);
  } else if (has(log, "Permission denied (") || has(log, "Too many authentication failures")) {
    connection.failure = "authentication";
    connection.hint = fmt::format(
        "\"{}\" must work without a password: load the key with \"ssh-add\", "
        "or install it there with \"ssh-copy-id\"",
        by_hand(target, {}, {"true"}));
  } else {
    connection.failure = "unreachable";
    connection.hint = fmt::format("see where \"{}\" ends", by_hand(target, {"-v"}, {"true"}));
  }
  connection.reason = reason_in(log);
  if (connection.reason.empty())
    connection.reason = "ssh ended without a message";
  return connection;
}

bool is_safe_name(std::string_view name) noexcept {
  constexpr std::string_view allowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-:%@+";
  return !name.empty() && name.front() != '-' &&
         name.find_first_not_of(allowed) == std::string_view::npos;
}

}  // namespace omsctl::remote
