/// This machine itself, as a host.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "omsctl/remote/host.hpp"
#include "omsctl/remote/session_slots.hpp"

namespace omsctl::remote {

/// A Host without ssh: the same scripts, run by /bin/sh here, as root or through `sudo -n`.
class LocalHost final : public Host {
 public:
  explicit LocalHost(std::string name) : name_(std::move(name)) {}

  [[nodiscard]] const std::string& name() const noexcept override { return name_; }
  Connection connect(const std::stop_token& stop = {}) override;
  [[nodiscard]] Result run(const HostCommand& command, const std::stop_token& stop = {}) override;
  [[nodiscard]] std::filesystem::path forward(const std::string& address,
                                              std::uint16_t port) override;

 private:
  const std::string name_;
  SessionSlots slots_{8};
  std::mutex mutex_;
  Connection connection_;
};

/// Whether `name` is this machine: "localhost", a loopback address, or an address of an interface
/// here.
[[nodiscard]] bool is_this_machine(const std::string& name);

}  // namespace omsctl::remote
