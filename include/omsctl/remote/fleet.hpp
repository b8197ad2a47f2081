/// All hosts of a command, each connected once.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "omsctl/base/files.hpp"
#include "omsctl/remote/host.hpp"

namespace omsctl::remote {

/// How hosts are reached. Users, ports, keys and jump hosts come from the operator's OpenSSH
/// configuration; these override it.
struct ReachOptions {
  std::string ssh_config{};  ///< -F; empty: the client's default
  std::string user{};
  std::optional<std::uint16_t> port{};
};

/// Hands out one Host per name; an address of this machine itself is served without ssh.
class Fleet {
 public:
  explicit Fleet(ReachOptions options);
  Fleet(const Fleet&) = delete;
  Fleet& operator=(const Fleet&) = delete;
  Fleet(Fleet&&) = delete;
  Fleet& operator=(Fleet&&) = delete;
  ~Fleet();

  /// The host called `name`. Throws Error{usage} for a name no ssh client should ever see (empty,
  /// leading `-`, blanks, control characters, shell metacharacters).
  [[nodiscard]] Host& at(const std::string& name);
  [[nodiscard]] const ReachOptions& options() const noexcept { return options_; }

 private:
  ReachOptions options_;
  base::TempDir sockets_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Host>> hosts_;
};

}  // namespace omsctl::remote
