#include "peer.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "omsctl/base/files.hpp"
#include "omsctl/metadb/failure.hpp"

namespace omsctl::metadb {
namespace {

constexpr unsigned int no_tls = 2026;
constexpr unsigned int no_socket = 2002;
/// Of the protocol's capability flags: 4.1, TLS, passwords as digests.
constexpr std::uint32_t wished = 0x0200 | 0x0800 | 0x8000;
constexpr unsigned char utf8mb4 = 45;

template <auto release>
struct Free {
  template <typename Handle>
  void operator()(Handle* handle) const noexcept {
    release(handle);
  }
};
using Context = std::unique_ptr<SSL_CTX, Free<SSL_CTX_free>>;
using Session = std::unique_ptr<SSL, Free<SSL_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;

class Peer {
 public:
  Peer(const Endpoint& endpoint, std::string address)
      : endpoint_(endpoint), address_(std::move(address)) {}

  std::string fingerprint() {
    open();
    ask_for_tls();
    return verify();
  }

 private:
  [[noreturn]] void fail(unsigned int number, const std::string& why) const {
    throw DatabaseError(number,
                        means_lost(number),
                        fmt::format("cannot connect to the MetaDB at {} as {}: {} (error {})",
                                    address_,
                                    endpoint_.user,
                                    why,
                                    number),
                        connect_hint_for(number, address_));
  }

  void open() {
    sockaddr_un where{};
    where.sun_family = AF_UNIX;
    const std::string path = endpoint_.socket.string();
    if (path.size() >= sizeof where.sun_path)
      fail(no_socket, "the socket's path is too long");
    std::ranges::copy(path, static_cast<char*>(where.sun_path));
    socket_ = base::Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const timeval patience{.tv_sec = std::max<std::int64_t>(1, endpoint_.timeout.count() / 1000),
                           .tv_usec = 0};
    for (const int side : {SO_RCVTIMEO, SO_SNDTIMEO})
      static_cast<void>(::setsockopt(socket_.get(), SOL_SOCKET, side, &patience, sizeof patience));
    const void* untyped = &where;
    if (::connect(socket_.get(), static_cast<const sockaddr*>(untyped), sizeof where) != 0)
      fail(no_socket, "the forwarded socket does not answer");
  }

  void read_exactly(std::span<unsigned char> bytes) const {
    for (std::size_t have = 0; have < bytes.size();) {
      const ssize_t got = ::recv(socket_.get(), bytes.data() + have, bytes.size() - have, 0);
      if (got <= 0)
        fail(no_tls, "the server does not greet");
      have += static_cast<std::size_t>(got);
    }
  }

  /// The greeting: version 10, the server's name up to a NUL, 4 bytes, 8 bytes, a NUL, then flags.
  void ask_for_tls() const {
    std::array<unsigned char, 4> head{};
    read_exactly(head);
    std::vector<unsigned char> greeting(std::size_t{head[0]} | std::size_t{head[1]} << 8U |
                                        std::size_t{head[2]} << 16U);
    read_exactly(greeting);
    const auto end_of_name = std::ranges::find(greeting, '\0');
    const auto flags = static_cast<std::size_t>(end_of_name - greeting.begin()) + 14;
    if (greeting.empty() || greeting.front() != 10 || flags + 1 >= greeting.size())
      fail(no_tls, "the server does not greet as a MySQL server");
    const unsigned int offered = greeting[flags] | static_cast<unsigned int>(greeting[flags + 1])
                                                       << 8U;
    if ((offered & 0x0800U) == 0)
      fail(no_tls, "TLS connection error: TLS is required, but the server does not offer it");
    std::string wish{'\x20', '\0', '\0', '\x01'};
    for (const std::uint32_t part : {wished, std::uint32_t{1} << 24U})
      for (unsigned int byte = 0; byte < 4; ++byte)
        wish += static_cast<char>(part >> (8 * byte) & 0xFFU);
    wish += static_cast<char>(utf8mb4);
    wish.resize(4 + 32);
    send_all(wish);
  }

  /// A peer that hangs up must not end this process by SIGPIPE, so OpenSSL gets no socket.
  void send_all(std::string_view bytes) const {
    while (!bytes.empty()) {
      // The caller's text lives until this returns.
      // cppcheck-suppress invalidLifetime
      const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0)
        fail(no_tls, "TLS connection error: the server hangs up");
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  void shake_hands(SSL* session) const {
    BIO* in = BIO_new(BIO_s_mem());
    BIO* out = BIO_new(BIO_s_mem());
    SSL_set_bio(session, in, out);  // which owns them from now on
    std::array<char, 16'384> buffer{};
    for (;;) {
      const int done = SSL_connect(session);
      for (int size = 0; (size = BIO_read(out, buffer.data(), buffer.size())) > 0;)
        send_all({buffer.data(), static_cast<std::size_t>(size)});
      if (done == 1)
        return;
      const long verdict = SSL_get_verify_result(session);
      if (verdict != X509_V_OK)
        fail(no_tls,
             fmt::format("TLS connection error: {}", X509_verify_cert_error_string(verdict)));
      const bool more = SSL_get_error(session, done) == SSL_ERROR_WANT_READ;
      const ssize_t got = more ? ::recv(socket_.get(), buffer.data(), buffer.size(), 0) : 0;
      if (got <= 0)
        fail(no_tls, "TLS connection error: the handshake failed");
      BIO_write(in, buffer.data(), static_cast<int>(got));
    }
  }

  [[nodiscard]] std::string verify() const {
    const Context context(SSL_CTX_new(TLS_client_method()));
    if (!context ||
        SSL_CTX_load_verify_locations(context.get(), endpoint_.ca_file.c_str(), nullptr) != 1)
      fail(no_tls, fmt::format("{} holds no certificates", endpoint_.ca_file.string()));
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    const Session session(SSL_new(context.get()));
    X509_VERIFY_PARAM* demands = SSL_get0_param(session.get());
    if (X509_VERIFY_PARAM_set1_ip_asc(demands, endpoint_.host.c_str()) != 1 &&
        X509_VERIFY_PARAM_set1_host(demands, endpoint_.host.c_str(), 0) != 1)
      fail(no_tls, "no name to verify");
    shake_hands(session.get());
    const Certificate certificate(SSL_get1_peer_certificate(session.get()));
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    if (!certificate || X509_digest(certificate.get(), EVP_sha1(), digest.data(), &size) != 1)
      fail(no_tls, "TLS connection error: no certificate");
    std::string hex;
    for (unsigned int i = 0; i < size; ++i)
      hex += fmt::format("{:02X}", digest.at(i));
    return hex;
  }

  const Endpoint& endpoint_;
  std::string address_;
  base::Fd socket_;
};

}  // namespace

std::string verified_fingerprint(const Endpoint& endpoint, const std::string& address) {
  return Peer(endpoint, address).fingerprint();
}

}  // namespace omsctl::metadb
