/// A machine reached with the operator's OpenSSH client.
#pragma once

#include <atomic>
#include <cstddef>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "omsctl/remote/host.hpp"
#include "omsctl/remote/session_slots.hpp"
#include "omsctl/remote/ssh_client.hpp"
#include "omsctl/remote/ssh_master.hpp"

namespace omsctl::remote {

/// A Host behind ssh: one control master, at most eight sessions over it, no session without it.
///
/// A master that died between two commands is started again before the next is handed over; a
/// command that was handed over is never repeated (design §7).
class SshHost final : public Host {
 public:
  /// Sockets and the client's log go to `directory` under names that begin with `index`: socket
  /// paths must stay below 108 bytes.
  SshHost(std::string name,
          ReachOptions reach,
          const std::filesystem::path& directory,
          std::size_t index);
  SshHost(const SshHost&) = delete;
  SshHost& operator=(const SshHost&) = delete;
  SshHost(SshHost&&) = delete;
  SshHost& operator=(SshHost&&) = delete;
  ~SshHost() override = default;

  [[nodiscard]] const std::string& name() const noexcept override { return name_; }
  Connection connect(const std::stop_token& stop = {}) override;
  [[nodiscard]] Result run(const HostCommand& command, const std::stop_token& stop = {}) override;
  [[nodiscard]] std::filesystem::path forward(const std::string& address,
                                              std::uint16_t port) override;

 private:
  struct Opened {
    Connection connection;
    bool sudo = false;
    unsigned generation = 0;
  };
  struct Forwarding {
    std::string address;
    std::uint16_t port = 0;
    std::filesystem::path socket;
  };

  Opened open(const std::stop_token& stop);
  Connection start_master(const std::stop_token& stop);
  bool renew(const Forwarding& forwarding);
  Connection find_privilege(const std::stop_token& stop);
  std::optional<Result> hand_over(const HostCommand& command, const std::stop_token& stop);
  bool was_refused(const std::filesystem::path& refusal, unsigned generation);
  std::filesystem::path next_refusal();

  const std::string name_;
  const std::filesystem::path prefix_;
  SessionSlots slots_{8};  // of sshd's default MaxSessions 10
  std::atomic<unsigned> sessions_{0};
  std::mutex mutex_;  // guards all below; the master's target() never changes
  SshMaster master_;
  Connection connection_;
  bool sudo_ = false;
  std::vector<Forwarding> forwardings_;
  unsigned sockets_ = 0;
};

}  // namespace omsctl::remote
