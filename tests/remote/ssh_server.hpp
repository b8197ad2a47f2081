/// A real sshd on 127.0.0.1 for one test, with keys and client configuration of its own.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "omsctl/base/files.hpp"
#include "omsctl/remote/child.hpp"
#include "omsctl/remote/ssh_client.hpp"

namespace omsctl::remote::testing {

/// Serves the user who runs the test, under the host names node-a, node-b (reachable), stranger
/// (its key is not known), impostor (another key is known), keyless (no user key fits) and silent
/// (nobody listens). Ended, with all its connections, by the destructor.
class SshServer {
 public:
  /// `extra` are more lines for sshd_config.
  explicit SshServer(const std::string& extra = {});

  /// Ends it now.
  void stop() { sshd_.reset(); }

  [[nodiscard]] ReachOptions reach() const;
  [[nodiscard]] const std::filesystem::path& directory() const { return directory_.path(); }
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  void make_key(const std::string& name) const;
  void write_client_files() const;
  void write_server_config(const std::string& extra) const;
  bool start();

  base::TempDir directory_;
  std::uint16_t port_ = 0;
  std::unique_ptr<Child> sshd_;
};

}  // namespace omsctl::remote::testing
