/// TCP sockets on this machine's loopback address.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <stdexcept>

#include "omsctl/base/files.hpp"

namespace omsctl::support {

/// A socket, and the port of 127.0.0.1 that it is bound to.
struct LoopbackSocket {
  base::Fd fd;
  std::uint16_t port = 0;
};

/// Bound to a port that was free, not listening yet. Throws std::runtime_error when none is free.
inline LoopbackSocket bind_to_loopback() {
  LoopbackSocket bound{.fd = base::Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  void* untyped = &address;
  auto* generic = static_cast<sockaddr*>(untyped);
  if (::bind(bound.fd.get(), generic, size) != 0 ||
      ::getsockname(bound.fd.get(), generic, &size) != 0)
    throw std::runtime_error("no free loopback port");
  bound.port = ntohs(address.sin_port);
  return bound;
}

/// A port where nobody listens; another process may take it first.
inline std::uint16_t free_port() {
  return bind_to_loopback().port;
}

}  // namespace omsctl::support
