/// The command lines of the OpenSSH client, and what its messages mean.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "omsctl/remote/host.hpp"
#include "omsctl/remote/shell.hpp"

namespace omsctl::remote {

/// How hosts are reached. Users, ports, keys and jump hosts come from the operator's OpenSSH
/// configuration; these override it.
struct ReachOptions {
  std::string ssh_config{};  ///< -F; empty: the client's default
  std::string user{};
  std::optional<std::uint16_t> port{};
};

/// One host as the client is told of it.
struct SshTarget {
  std::string host;
  ReachOptions reach{};
  std::filesystem::path control{};  ///< the control master's socket
};

/// Starts the control master in the background; exit status 0 means: reached and authenticated.
[[nodiscard]] Argv master_argv(const SshTarget& target);

/// Runs `text` over the master, and never over a connection of its own: where the master does not
/// take the session, the file `refusal` appears instead.
[[nodiscard]] Argv session_argv(const SshTarget& target,
                                const std::string& text,
                                const std::filesystem::path& refusal);

/// Tells the master to end.
[[nodiscard]] Argv exit_argv(const SshTarget& target);

/// Tells the master to lead the unix socket `socket` to `address`:`port` as seen from the host.
[[nodiscard]] Argv forward_argv(const SshTarget& target,
                                const std::filesystem::path& socket,
                                const std::string& address,
                                std::uint16_t port);

/// Whether sshd has closed the connection before anything was said: beyond MaxStartups it drops
/// some at random (sshd_config(5)), and the next one may be let in.
[[nodiscard]] bool was_dropped(std::string_view log);

/// Why the master did not start, from what the client wrote. The text decides only which hint is
/// shown; that the host was not reached is known from the exit status.
[[nodiscard]] Connection diagnose(const SshTarget& target, std::string_view log);

/// Whether `name` may be handed to an ssh client as a host or user: letters, digits and `._-:%@+`,
/// not beginning with `-`.
[[nodiscard]] bool is_safe_name(std::string_view name) noexcept;

}  // namespace omsctl::remote
