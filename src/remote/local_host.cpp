#include "omsctl/remote/local_host.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <memory>
#include <optional>

#include <fmt/format.h>

#include "omsctl/base/error.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/remote/handover.hpp"
#include "omsctl/remote/privilege.hpp"
#include "omsctl/remote/script.hpp"

namespace omsctl::remote {
namespace {

constexpr base::Milliseconds probe_deadline{30'000};

/// An IP address in one form per address; nothing for a name.
std::optional<std::string> canonical(int family, const void* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (::inet_ntop(family, address, text.data(), text.size()) == nullptr)
    return std::nullopt;
  return std::string(text.data());
}

std::optional<std::string> canonical(const std::string& name) {
  std::array<std::byte, sizeof(in6_addr)> bytes{};
  for (const int family : {AF_INET, AF_INET6})
    if (::inet_pton(family, name.c_str(), bytes.data()) == 1)
      return canonical(family, bytes.data());
  return std::nullopt;
}

std::optional<std::string> address_of(const sockaddr* address) {
  if (address == nullptr)
    return std::nullopt;
  if (address->sa_family == AF_INET) {
    sockaddr_in inet{};
    std::memcpy(&inet, address, sizeof inet);
    return canonical(AF_INET, &inet.sin_addr);
  }
  if (address->sa_family == AF_INET6) {
    sockaddr_in6 inet{};
    std::memcpy(&inet, address, sizeof inet);
    return canonical(AF_INET6, &inet.sin6_addr);
  }
  return std::nullopt;
}

}  // namespace

bool is_this_machine(const std::string& name) {
  if (name == "localhost")
    return true;
  const std::optional<std::string> wanted = canonical(name);
  if (!wanted)
    return false;
  if (*wanted == "127.0.0.1" || *wanted == "::1")
    return true;
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) != 0)
    return false;
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(first, &::freeifaddrs);
  for (const ifaddrs* each = first; each != nullptr; each = each->ifa_next)
    if (address_of(each->ifa_addr) == wanted)
      return true;
  return false;
}

Connection LocalHost::connect(const std::stop_token& stop) {
  const std::lock_guard lock(mutex_);
  if (connection_.privileged)
    return connection_;
  const Result result = run_process(
      {.argv = {"/bin/sh", "-c", text_of({{"privilege"}})}, .deadline = probe_deadline}, stop);
  if (const std::optional<Privilege> found = read_privilege(result.out)) {
    connection_ = privilege_answer(name_, *found, result.err);
  } else {
    connection_ = {};
    connection_.failure = "unreachable";
    connection_.reason = fmt::format("/bin/sh: {}", describe(result));
    connection_.hint = "see whether \"/bin/sh -c id\" works here";
  }
  return connection_;
}

Result LocalHost::run(const HostCommand& command, const std::stop_token& stop) {
  const SessionSlots::Slot slot = slots_.take(stop);
  const Connection connection = slot ? connect(stop) : Connection{};
  if (!connection.privileged) {
    Result result;
    result.ending = stop.stop_requested() ? Ending::cancelled : Ending::unreachable;
    result.err = connection.reason;
    return result;
  }
  const base::Seconds deadline = remote_deadline(command.deadline);
  const bool sudo = ::geteuid() != 0;
  return read_local_end(run_process({.argv = local_argv(command.script, deadline, sudo),
                                     .input = command.input,
                                     .input_fd = command.input_fd,
                                     .on_output = command.on_output,
                                     .deadline = deadline + handover_slack},
                                    stop),
                        deadline);
}

std::filesystem::path LocalHost::forward(const std::string& address, std::uint16_t port) {
  throw base::Error(
      base::Code::remote,
      fmt::format(
          "{} is this machine: there is nothing to forward to {} port {}", name_, address, port),
      "connect directly: --metadb-via direct");
}

}  // namespace omsctl::remote
