/// The control master of one host: the connection all its sessions share.
#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>

#include "omsctl/base/files.hpp"
#include "omsctl/remote/ssh_client.hpp"

namespace omsctl::remote {

/// Starts, watches and ends a control master. Not thread-safe.
///
/// A descriptor on its socket is kept open. It keeps the master from ending after ControlPersist
/// while we live, lets it end by itself when we are killed, and tells at no cost whether it is
/// still there.
class SshMaster {
 public:
  SshMaster(SshTarget target, std::filesystem::path log);
  SshMaster(const SshMaster&) = delete;
  SshMaster& operator=(const SshMaster&) = delete;
  SshMaster(SshMaster&&) = delete;
  SshMaster& operator=(SshMaster&&) = delete;
  ~SshMaster();

  [[nodiscard]] bool is_alive() const;
  /// Starts it anew: `reachable`, or why not.
  [[nodiscard]] Connection start(const std::stop_token& stop);
  /// Leads the unix socket `socket` to `address`:`port`. Throws Error{remote}.
  void forward(const std::filesystem::path& socket, const std::string& address, std::uint16_t port);
  /// Which master this is; another number after each start.
  [[nodiscard]] unsigned generation() const noexcept { return generation_; }
  [[nodiscard]] const SshTarget& target() const noexcept { return target_; }

 private:
  [[nodiscard]] bool starts(const std::stop_token& stop, std::string& log);
  [[nodiscard]] bool watch();

  SshTarget target_;
  std::filesystem::path log_;
  base::Fd watch_;
  unsigned generation_ = 0;
};

}  // namespace omsctl::remote
