#include "remote/ssh_server.hpp"

#include <sys/stat.h>

#include <stdexcept>

#include <fmt/format.h>

#include "omsctl/base/clock.hpp"
#include "omsctl/remote/process.hpp"

#include "support/loopback.hpp"

namespace omsctl::remote::testing {

using namespace std::chrono_literals;
using support::free_port;

SshServer::SshServer(const std::string& extra) {
  ::mkdir("/run/sshd", 0755);  // sshd demands it of root; Debian's service makes it at boot
  for (const char* key : {"host_key", "other_host_key", "user_key", "other_user_key"})
    make_key(key);
  base::write_file(directory() / "authorized_keys", base::read_file(directory() / "user_key.pub"));
  constexpr int attempts = 5;  // another process may take the port first
  for (int i = 0; i < attempts; ++i) {
    port_ = free_port();
    write_server_config(extra);
    if (start()) {
      write_client_files();
      return;
    }
  }
  throw std::runtime_error("sshd does not start: " + base::read_file(directory() / "sshd.log"));
}

ReachOptions SshServer::reach() const {
  return {.ssh_config = (directory() / "ssh_config").string()};
}

void SshServer::make_key(const std::string& name) const {
  const Result result = run_process(
      {.argv = {
           "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", (directory() / name).string()}});
  if (!result.ok())
    throw std::runtime_error("ssh-keygen: " + result.err);
}

void SshServer::write_client_files() const {
  const std::string place = directory().string();
  const auto known = [&](const char* key, const char* file) {
    base::write_file(directory() / file,
                     fmt::format("[127.0.0.1]:{} {}", port_, base::read_file(directory() / key)));
  };
  known("host_key.pub", "known_hosts");
  known("other_host_key.pub", "wrong_hosts");
  base::write_file(directory() / "no_hosts", "");
  base::write_file(directory() / "ssh_config",
                   fmt::format("Host stranger\n"
                               "  UserKnownHostsFile {0}/no_hosts\n"
                               "Host impostor\n"
                               "  UserKnownHostsFile {0}/wrong_hosts\n"
                               "Host keyless\n"
                               "  IdentityFile {0}/other_user_key\n"
                               "Host silent\n"
                               "  Port {2}\n"
                               "Host !keyless *\n"
                               "  IdentityFile {0}/user_key\n"
                               "Host *\n"
                               "  HostName 127.0.0.1\n"
                               "  Port {1}\n"
                               "  IdentitiesOnly yes\n"
                               "  IdentityAgent none\n"
                               "  StrictHostKeyChecking no\n"  // ours must win
                               "  UserKnownHostsFile {0}/known_hosts\n"
                               "  GlobalKnownHostsFile /dev/null\n",
                               place,
                               port_,
                               free_port()));
}

void SshServer::write_server_config(const std::string& extra) const {
  base::write_file(directory() / "sshd_config",
                   fmt::format("{2}\n"
                               "ListenAddress 127.0.0.1\n"
                               "Port {1}\n"
                               "HostKey {0}/host_key\n"
                               "AuthorizedKeysFile {0}/authorized_keys\n"
                               "PidFile none\n"
                               "StrictModes no\n"
                               "UsePAM no\n"
                               "PermitRootLogin yes\n"
                               "PasswordAuthentication no\n"
                               "KbdInteractiveAuthentication no\n"
                               "MaxStartups 100\n",
                               directory().string(),
                               port_,
                               extra));
}

bool SshServer::start() {
  const std::filesystem::path log = directory() / "sshd.log";
  {
    const base::Fd output = base::create_file(log);
    const base::Fd nothing = base::open_for_reading("/dev/null");
    sshd_ = std::make_unique<Child>(
        Argv{"/usr/sbin/sshd", "-D", "-e", "-f", (directory() / "sshd_config").string()},
        Streams{nothing.get(), output.get(), output.get()},
        false);
  }
  base::SystemClock clock;
  std::string said;
  const auto has_spoken = [&] {
    said = base::read_file(log);
    return said.find('\n') != std::string::npos;
  };
  return base::wait_until(clock, 30s, 10ms, {}, has_spoken) == base::Waited::held &&
         said.find("Server listening") != std::string::npos;
}

}  // namespace omsctl::remote::testing
