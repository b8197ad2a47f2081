/// A machine that commands can be run on, by ssh or here.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "omsctl/remote/process.hpp"
#include "omsctl/remote/shell.hpp"

namespace omsctl::remote {

/// A script for /bin/sh on a host. It runs as root: directly, or through `sudo -n`.
struct HostCommand {
  std::string script;   ///< POSIX sh, from text_of() or framed_text()
  std::string input{};  ///< its stdin: the only way a secret travels; empty: /dev/null
  int input_fd = -1;
  std::function<void(std::string_view)> on_output{};
  base::Milliseconds deadline{60'000};  ///< kept on the remote side too: what we lose still ends
};

/// What connect() found.
struct Connection {
  bool reachable = false;
  bool privileged = false;  ///< root, or sudo -n works
  std::string user{};       ///< whom we are there
  std::string reason{};     ///< why not reachable or not privileged, in the client's own words
  std::string hint{};       ///< the next command to type
  /// A short kind for checks: "", "host_key", "authentication", "command", "unreachable", "sudo".
  std::string failure{};
};

/// A machine. Thread-safe: commands may run side by side, at most 8 at a time on one host.
class Host {
 public:
  Host() = default;
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;
  Host(Host&&) = delete;
  Host& operator=(Host&&) = delete;
  virtual ~Host() = default;

  /// As the operator named it (usually the address in cm_nodes).
  [[nodiscard]] virtual const std::string& name() const noexcept = 0;
  /// Opens the connection and finds out the privilege; later calls return the first answer. After a
  /// failure the next call tries again.
  virtual Connection connect(const std::stop_token& stop = {}) = 0;
  /// Runs `command` (connecting first where needed). Ending::unreachable when it was never handed
  /// over (Result::err says why), Ending::unknown when the connection broke afterwards. A script
  /// that ends by signal n exits with 128+n, one that exits with 255 with 254. After
  /// Ending::cancelled it may go on over there until its deadline.
  [[nodiscard]] virtual Result run(const HostCommand& command,
                                   const std::stop_token& stop = {}) = 0;
  /// A unix socket on this machine that leads to `address`:`port` as seen from the host; lives as
  /// long as this object, and is the same for the same address. Throws Error{remote}; always where
  /// the host is this machine, which reaches the address directly.
  [[nodiscard]] virtual std::filesystem::path forward(const std::string& address,
                                                      std::uint16_t port) = 0;
};

}  // namespace omsctl::remote
