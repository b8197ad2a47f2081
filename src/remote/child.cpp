#include "omsctl/remote/child.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "omsctl/base/error.hpp"

namespace omsctl::remote {
namespace {

[[noreturn]] void fail(const std::string& program, int number) {
  throw base::Error(
      base::Code::internal,
      fmt::format("cannot start \"{}\": {}", program, std::generic_category().message(number)),
      number == ENOENT ? fmt::format("install {} or put it into PATH", program) : "");
}

/// `descriptor` itself, or a copy above 2 kept in `copy`: dup2 onto 0, 1, 2 must not overwrite a
/// source.
int above_standard(int descriptor, base::Fd& copy) {
  if (descriptor > STDERR_FILENO)
    return descriptor;
  copy = base::Fd(::fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  return copy.get();
}

class FileActions {
 public:
  explicit FileActions(const Streams& streams) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawn_file_actions_adddup2(&actions_, above_standard(streams.in, in_), STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions_, above_standard(streams.out, out_), STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions_, above_standard(streams.err, err_), STDERR_FILENO);
    ::posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
  }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  FileActions(FileActions&&) = delete;
  FileActions& operator=(FileActions&&) = delete;
  ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }

  [[nodiscard]] const posix_spawn_file_actions_t* get() const noexcept { return &actions_; }

 private:
  base::Fd in_;
  base::Fd out_;
  base::Fd err_;
  posix_spawn_file_actions_t actions_{};
};

class Attributes {
 public:
  explicit Attributes(bool own_session) {
    ::posix_spawnattr_init(&attributes_);
    sigset_t none;
    ::sigemptyset(&none);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    // A shell's background job inherits SIGINT ignored, and we ignore SIGPIPE ourselves.
    sigset_t defaults;
    ::sigemptyset(&defaults);
    for (const int number : {SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGPIPE})
      ::sigaddset(&defaults, number);
    ::posix_spawnattr_setsigdefault(&attributes_, &defaults);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    const int group = own_session ? POSIX_SPAWN_SETSID : POSIX_SPAWN_SETPGROUP;
    ::posix_spawnattr_setflags(
        &attributes_, static_cast<short>(group | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF));
  }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;
  Attributes(Attributes&&) = delete;
  Attributes& operator=(Attributes&&) = delete;
  ~Attributes() { ::posix_spawnattr_destroy(&attributes_); }

  [[nodiscard]] const posix_spawnattr_t* get() const noexcept { return &attributes_; }

 private:
  posix_spawnattr_t attributes_{};
};

}  // namespace

Child::Child(const Argv& argv, const Streams& streams, bool own_session) {
  Argv words = argv;
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (std::string& word : words)
    pointers.push_back(word.data());
  pointers.push_back(nullptr);

  const FileActions actions(streams);
  const Attributes attributes(own_session);
  const int number = ::posix_spawnp(
      &pid_, pointers.front(), actions.get(), attributes.get(), pointers.data(), environ);
  if (number != 0) {
    pid_ = -1;
    fail(argv.front(), number);
  }
  // Not pidfd_open(): the <sys/pidfd.h> of glibc 2.36 lacks extern "C".
  pidfd_ = base::Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
  if (!pidfd_) {
    const int reason = errno;
    signal_group(SIGKILL);
    reap();
    fail(argv.front(), reason);
  }
}

Child::~Child() {
  if (pid_ < 0)
    return;
  signal_group(SIGKILL);
  reap();
}

void Child::signal_group(int number) const noexcept {
  if (pid_ > 0)
    ::kill(-pid_, number);
}

Child::Status Child::reap() {
  siginfo_t info{};
  int answer = -1;
  do {
    answer = ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED);
  } while (answer != 0 && errno == EINTR);
  pid_ = -1;
  if (answer != 0)
    return {};
  return {.signalled = info.si_code != CLD_EXITED, .value = info.si_status};
}

}  // namespace omsctl::remote
