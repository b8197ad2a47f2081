#include "support/mariadb_server.hpp"

#include <fcntl.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <iterator>
#include <stdexcept>
#include <stop_token>

#include <fmt/format.h>

#include "omsctl/base/clock.hpp"
#include "omsctl/base/error.hpp"

#include "support/loopback.hpp"

namespace omsctl::support {
namespace {

/// Starts `argv` with its output in `output`; the kernel ends it when the test dies.
pid_t spawn(const std::vector<std::string>& argv,
            const std::filesystem::path& input,
            const std::filesystem::path& output) {
  std::vector<char*> arguments;
  std::ranges::transform(argv, std::back_inserter(arguments), [](const std::string& argument) {
    return const_cast<char*>(argument.c_str());
  });
  arguments.push_back(nullptr);
  const base::Fd in(::open(input.c_str(), O_RDONLY | O_CLOEXEC));
  const base::Fd out(::open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  const pid_t pid = ::fork();
  if (pid != 0)
    return pid;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::dup2(in.get(), STDIN_FILENO);
  ::dup2(out.get(), STDOUT_FILENO);
  ::dup2(out.get(), STDERR_FILENO);
  ::execvp(arguments.front(), arguments.data());
  ::_exit(127);
}

int wait_for(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

/// A server that starts deletes all temporary tables in its tmpdir, those of other servers too.
std::string own_tmpdir(const std::filesystem::path& directory) {
  return "--tmpdir=" + directory.string();
}

std::string own_user() {
  return fmt::format("--user={}", ::getpwuid(::geteuid())->pw_name);
}

}  // namespace

MariadbServer::MariadbServer(std::vector<std::string> options) : options_(std::move(options)) {
  const auto log = directory() / "install.log";
  const int status = wait_for(spawn({"mariadb-install-db",
                                     "--no-defaults",
                                     "--datadir=" + (directory() / "data").string(),
                                     "--auth-root-authentication-method=normal",
                                     "--skip-test-db",
                                     own_tmpdir(directory()),
                                     "--skip-name-resolve",
                                     "--innodb-log-file-size=4M",
                                     "--innodb-buffer-pool-size=8M",
                                     own_user()},
                                    "/dev/null",
                                    log));
  if (status != 0)
    throw std::runtime_error("mariadb-install-db failed: " + base::read_file(log));
  port_ = free_port();
  start();
}

MariadbServer::~MariadbServer() {
  stop();
}

MariadbServer& MariadbServer::shared() {
  static MariadbServer server;
  return server;
}

void MariadbServer::start() {
  const std::string here = directory().string();
  std::vector<std::string> argv{"mariadbd",
                                "--no-defaults",
                                "--datadir=" + here + "/data",
                                "--socket=" + here + "/socket",
                                "--pid-file=" + here + "/pid",
                                own_tmpdir(directory()),
                                fmt::format("--port={}", port_),
                                "--bind-address=127.0.0.1",
                                "--skip-name-resolve",
                                "--innodb-log-file-size=4M",
                                "--innodb-buffer-pool-size=16M",
                                "--innodb-flush-log-at-trx-commit=0",
                                "--max-allowed-packet=16M",
                                "--default-time-zone=+08:00",
                                own_user()};
  argv.insert(argv.end(), options_.begin(), options_.end());
  pid_ = spawn(argv, "/dev/null", directory() / "server.log");
  base::SystemClock clock;
  const auto waited =
      base::wait_until(clock, base::Seconds(30), base::Milliseconds(20), std::stop_token(), [this] {
        return answers();
      });
  if (waited != base::Waited::held)
    throw std::runtime_error("mariadbd does not answer: " +
                             base::read_file(directory() / "server.log"));
}

void MariadbServer::stop() {
  if (pid_ < 0)
    return;
  ::kill(pid_, SIGTERM);
  wait_for(pid_);
  pid_ = -1;
}

bool MariadbServer::answers() const {
  try {
    // By the socket: the port could have become another server's since it was found free.
    static_cast<void>(metadb::Database::connect(socket()));
    return true;
  } catch (const base::Error&) {
    return false;
  }
}

metadb::Endpoint MariadbServer::tcp() const {
  return {.host = "127.0.0.1", .port = port_, .user = "root", .password = {}};
}

metadb::Endpoint MariadbServer::socket() const {
  metadb::Endpoint endpoint = tcp();
  endpoint.socket = directory() / "socket";
  return endpoint;
}

std::string MariadbServer::load(const std::string& schema,
                                const std::filesystem::path& file) const {
  const base::TempDir output;
  const int status = wait_for(spawn({"mysql",
                                     "--no-defaults",
                                     "--socket=" + (directory() / "socket").string(),
                                     "--user=root",
                                     schema},
                                    file,
                                    output.path() / "out"));
  std::string said = base::read_file(output.path() / "out");
  return status == 0 || !said.empty() ? said : fmt::format("status {}", status);
}

}  // namespace omsctl::support
