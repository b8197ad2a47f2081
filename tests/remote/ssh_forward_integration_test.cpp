#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <thread>

#include <gtest/gtest.h>

#include "omsctl/base/error.hpp"
#include "omsctl/remote/ssh_host.hpp"

#include "remote/ssh_server.hpp"
#include "remote/support.hpp"
#include "support/loopback.hpp"

namespace omsctl::remote {
namespace {

using testing::SshServer;

/// A TCP server on 127.0.0.1 that says hello to everyone and hangs up.
class Greeter {
 public:
  Greeter() {
    EXPECT_EQ(::listen(listener_.fd.get(), 8), 0);
    thread_ = std::jthread([this] {
      for (;;) {
        const base::Fd guest(::accept4(listener_.fd.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!guest)
          return;
        base::write_all(guest.get(), "hello", "guest");
      }
    });
  }
  Greeter(const Greeter&) = delete;
  Greeter& operator=(const Greeter&) = delete;
  Greeter(Greeter&&) = delete;
  Greeter& operator=(Greeter&&) = delete;
  ~Greeter() { ::shutdown(listener_.fd.get(), SHUT_RDWR); }

  [[nodiscard]] std::uint16_t port() const { return listener_.port; }

 private:
  support::LoopbackSocket listener_ = support::bind_to_loopback();
  std::jthread thread_;
};

/// All that the server behind the unix socket `path` says.
std::string hear(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string text = path.string();
  std::copy(text.begin(), text.end(), static_cast<char*>(address.sun_path));
  const base::Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const void* untyped = &address;
  if (::connect(socket.get(), static_cast<const sockaddr*>(untyped), sizeof address) != 0)
    return "no connection";
  std::string heard;
  std::array<char, 64> buffer{};
  for (;;) {
    const ssize_t got = ::read(socket.get(), buffer.data(), buffer.size());
    if (got <= 0)
      return heard;
    heard.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

class SshForward : public ::testing::Test {
 protected:
  Greeter greeter_;
  SshServer server_;
  SshHost host_{"node-a", server_.reach(), server_.directory(), 0};
};

TEST_F(SshForward, LeadsAPrivateSocketToAnAddressSeenFromTheHost) {
  const auto socket = host_.forward("127.0.0.1", greeter_.port());
  EXPECT_EQ(hear(socket), "hello");
  EXPECT_EQ(hear(socket), "hello");
  struct stat status {};
  ASSERT_EQ(::stat(socket.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(SshForward, IsTheSameSocketForTheSameAddress) {
  const auto socket = host_.forward("127.0.0.1", greeter_.port());
  EXPECT_EQ(host_.forward("127.0.0.1", greeter_.port()), socket);
}

TEST_F(SshForward, ComesBackWhenTheConnectionHadToBeMadeAnew) {
  const auto socket = host_.forward("127.0.0.1", greeter_.port());
  const Result result =
      run_process({.argv = {"ssh",
                            "-O",
                            "exit",
                            "-o",
                            "ControlPath=" + (server_.directory() / "0.s").string(),
                            "--",
                            "node-a"}});
  ASSERT_TRUE(result.ok()) << result.err;
  EXPECT_TRUE(host_.run({.script = "true"}).ok());
  EXPECT_EQ(hear(socket), "hello");
}

TEST_F(SshForward, RefusesAnAddressWithShellCharacters) {
  EXPECT_THROW((void)host_.forward("127.0.0.1:1:x", 1), base::Error);
  EXPECT_THROW((void)host_.forward("a b", 1), base::Error);
}

TEST_F(SshForward, SaysWhichHostCannotBeReached) {
  SshHost silent("silent", server_.reach(), server_.directory(), 1);
  try {
    (void)silent.forward("127.0.0.1", greeter_.port());
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), base::Code::remote);
    EXPECT_EQ(std::string(error.what()).rfind("silent: ", 0), 0U);
  }
}

}  // namespace
}  // namespace omsctl::remote
