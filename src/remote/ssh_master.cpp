#include "omsctl/remote/ssh_master.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <utility>

#include <fmt/format.h>

#include "omsctl/base/clock.hpp"
#include "omsctl/base/error.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/remote/process.hpp"

namespace omsctl::remote {
namespace {

/// Name lookup, ConnectTimeout per address, jump hosts, a slow PAM, a key that wants to be touched.
constexpr base::Milliseconds start_deadline{60'000};
constexpr base::Milliseconds order_deadline{20'000};
constexpr base::Milliseconds exit_deadline{5'000};

/// Twenty operators at once are over in a few seconds.
constexpr int attempts_when_dropped = 6;
constexpr base::Milliseconds between_attempts{300};

}  // namespace

SshMaster::SshMaster(SshTarget target, std::filesystem::path log)
    : target_(std::move(target)), log_(std::move(log)) {}

SshMaster::~SshMaster() {
  if (!is_alive())
    return;
  try {
    (void)run_process({.argv = exit_argv(target_), .deadline = exit_deadline});
  } catch (const std::exception&) {
    return;  // ControlPersist ends it
  }
}

bool SshMaster::is_alive() const {
  if (!watch_)
    return false;
  pollfd entry{watch_.get(), 0, 0};
  return ::poll(&entry, 1, 0) == 0;  // POLLHUP comes unasked; its greeting we leave unread
}

bool SshMaster::watch() {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = target_.control.string();
  if (path.size() >= sizeof address.sun_path)
    return false;
  std::copy(path.begin(), path.end(), static_cast<char*>(address.sun_path));
  watch_ = base::Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const void* untyped = &address;
  return watch_ &&
         ::connect(watch_.get(), static_cast<const sockaddr*>(untyped), sizeof address) == 0;
}

Connection SshMaster::start(const std::stop_token& stop) {
  base::SystemClock clock;
  for (int attempt = 1;; ++attempt) {
    std::string log;
    if (starts(stop, log)) {
      Connection connection;
      connection.reachable = true;
      return connection;
    }
    if (attempt == attempts_when_dropped || !was_dropped(log) ||
        !clock.pause(between_attempts * attempt, stop))
      return diagnose(target_, log);
  }
}

/// `log`: what the client said when it did not start.
bool SshMaster::starts(const std::stop_token& stop, std::string& log) {
  watch_.close();
  ::unlink(target_.control.c_str());  // a killed one leaves its socket behind
  ++generation_;
  Result result;
  {
    // A file, not a pipe: the master stays in the background with it.
    const base::Fd file = base::create_file(log_);
    result = run_process({.argv = master_argv(target_),
                          .output_fd = file.get(),
                          .error_fd = file.get(),
                          .deadline = start_deadline,
                          .own_session = true},
                         stop);
  }
  if (result.ok() && watch())
    return true;
  watch_.close();
  log = base::read_file(log_);
  if (result.ending != Ending::exited)
    log += fmt::format("\nssh {}", describe(result));
  else if (result.exit_code == 0)
    log += "\nssh left no control socket";
  return false;
}

void SshMaster::forward(const std::filesystem::path& socket,
                        const std::string& address,
                        std::uint16_t port) {
  const Result result = run_process(
      {.argv = forward_argv(target_, socket, address, port), .deadline = order_deadline});
  if (!result.ok())
    throw base::Error(
        base::Code::remote,
        fmt::format("{}: cannot forward to {} port {}: {}",
                    target_.host,
                    address,
                    port,
                    base::printable(base::trim(result.err))),
        "sshd there must allow it: AllowStreamLocalForwarding and AllowTcpForwarding");
}

}  // namespace omsctl::remote
