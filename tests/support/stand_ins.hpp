/// Commands that answer as a test wants them to.
#pragma once

#include <cstdlib>
#include <string>

#include "omsctl/base/files.hpp"

namespace omsctl::tests {

/// A directory of stand-ins that comes first in PATH while it lives.
class StandIns {
 public:
  StandIns() {
    const char* path = std::getenv("PATH");
    before_ = path == nullptr ? "" : path;
    ::setenv("PATH", (directory_.path().string() + ":" + before_).c_str(), 1);
  }
  StandIns(const StandIns&) = delete;
  StandIns& operator=(const StandIns&) = delete;
  StandIns(StandIns&&) = delete;
  StandIns& operator=(StandIns&&) = delete;
  ~StandIns() { ::setenv("PATH", before_.c_str(), 1); }

  void add(const std::string& name, const std::string& script) const {
    base::write_file(directory_.path() / name, "#!/bin/sh\n" + script, {0700});
  }

 private:
  base::TempDir directory_;
  std::string before_;
};

}  // namespace omsctl::tests
