/// A real MariaDB server for tests: started by the test itself in a directory of its own, ended by
/// its pid.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "omsctl/base/files.hpp"
#include "omsctl/metadb/database.hpp"

namespace omsctl::support {

/// Small, without name resolution, on a loopback port and a unix socket. Its user root has no
/// password.
class MariadbServer {
 public:
  explicit MariadbServer(std::vector<std::string> options = {});
  MariadbServer(const MariadbServer&) = delete;
  MariadbServer& operator=(const MariadbServer&) = delete;
  MariadbServer(MariadbServer&&) = delete;
  MariadbServer& operator=(MariadbServer&&) = delete;
  ~MariadbServer();

  /// The one that all tests of a binary share.
  static MariadbServer& shared();

  void start();
  void stop();

  [[nodiscard]] metadb::Endpoint tcp() const;
  [[nodiscard]] metadb::Endpoint socket() const;
  [[nodiscard]] const std::filesystem::path& directory() const noexcept {
    return directory_.path();
  }

  /// Loads `file` into `schema` with the stock client, as an operator would. Returns its error
  /// output; empty when all went well.
  [[nodiscard]] std::string load(const std::string& schema,
                                 const std::filesystem::path& file) const;

 private:
  [[nodiscard]] bool answers() const;

  base::TempDir directory_;
  std::vector<std::string> options_;
  std::uint16_t port_ = 0;
  pid_t pid_ = -1;
};

}  // namespace omsctl::support
