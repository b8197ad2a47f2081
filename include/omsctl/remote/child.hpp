/// One spawned process as an owned handle.
#pragma once

#include <sys/types.h>

#include "omsctl/base/files.hpp"
#include "omsctl/remote/shell.hpp"

namespace omsctl::remote {

/// The descriptors a child gets as 0, 1 and 2.
struct Streams {
  int in = -1;
  int out = -1;
  int err = -1;
};

/// A running child: leader of its own process group, with default signals and the three descriptors
/// only. Killed with its group and reaped by the destructor at the latest.
class Child {
 public:
  /// Throws Error{internal} when the program cannot be started.
  Child(const Argv& argv, const Streams& streams, bool own_session);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  Child(Child&&) = delete;
  Child& operator=(Child&&) = delete;
  ~Child();

  struct Status {
    bool signalled = false;
    int value = -1;  ///< the exit status, or the signal
  };

  /// Readable once the child has ended. Its number stays taken until reap(), so no signal of ours
  /// can hit a stranger.
  [[nodiscard]] int pidfd() const noexcept { return pidfd_.get(); }
  void signal_group(int number) const noexcept;
  /// Waits for the end and takes the status; once.
  Status reap();

 private:
  pid_t pid_ = -1;
  base::Fd pidfd_;
};

}  // namespace omsctl::remote
