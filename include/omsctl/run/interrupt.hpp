/// Ctrl-C, SIGTERM and a closed terminal as a stop request.
#pragma once

#include <stop_token>
#include <string>
#include <thread>

#include "omsctl/base/files.hpp"

namespace omsctl::run {

/// While it lives, the first SIGINT, SIGTERM or SIGHUP requests a stop; a second one ends the
/// process at once with status 130. One at a time.
class Interrupts {
 public:
  Interrupts();
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;
  Interrupts(Interrupts&&) = delete;
  Interrupts& operator=(Interrupts&&) = delete;
  ~Interrupts();

  /// What a second signal says on stderr before it ends the process: how to go on.
  static void say_when_leaving(const std::string& text);
  [[nodiscard]] std::stop_token token() const { return source_.get_token(); }

 private:
  base::Fd wake_;
  std::stop_source source_;
  std::jthread watcher_;
};

}  // namespace omsctl::run
