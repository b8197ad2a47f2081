/// All hosts of a command, each connected once.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "omsctl/base/files.hpp"
#include "omsctl/remote/host.hpp"
#include "omsctl/remote/ssh_client.hpp"

namespace omsctl::remote {

/// Hands out one Host per name; an address of this machine itself is served without ssh.
class Fleet {
 public:
  /// Throws Error{usage} for a user no ssh client should ever see.
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
