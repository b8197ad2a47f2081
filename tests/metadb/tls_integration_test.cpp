#include <cstdlib>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "metadb/fixture.hpp"
#include "support/mariadb_server.hpp"

namespace omsctl::metadb {
namespace {

using support::MariadbServer;
using testing::HasSubstr;

/// Certificates of an authority of our own, for 127.0.0.1 and for another name.
class Tls : public testing::Test {
 protected:
  Tls() {
    run("req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=lab-ca -keyout ca.key -out ca.pem");
    certificate("server", "IP:127.0.0.1");
    certificate("other", "DNS:metadb.example");
    run("req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=stranger -keyout x.key -out "
        "stranger.pem");
  }

  void run(const std::string& arguments) {
    const std::string command =
        fmt::format("cd {} && openssl {} >/dev/null 2>&1", files_.path().string(), arguments);
    ASSERT_EQ(std::system(command.c_str()), 0) << arguments;
  }

  void certificate(const std::string& name, const std::string& alternative) {
    base::write_file(files_.path() / (name + ".ext"), "subjectAltName=" + alternative + "\n");
    run(fmt::format("req -newkey rsa:2048 -nodes -subj /CN=metadb -keyout {0}.key -out {0}.csr",
                    name));
    run(
        fmt::format("x509 -req -days 30 -in {0}.csr -CA ca.pem -CAkey ca.key -CAcreateserial "
                    "-extfile {0}.ext -out {0}.pem",
                    name));
  }

  std::vector<std::string> options(const std::string& name) {
    const std::string here = files_.path().string();
    return {"--ssl-cert=" + here + "/" + name + ".pem", "--ssl-key=" + here + "/" + name + ".key"};
  }

  Endpoint trusting(Endpoint endpoint, const std::string& authority) {
    endpoint.ca_file = files_.path() / authority;
    return endpoint;
  }

  base::TempDir files_;
};

TEST_F(Tls, IsUsedAndVerifiedWithAnAuthority) {
  const MariadbServer server(options("server"));
  Database database = Database::connect(trusting(server.tcp(), "ca.pem"));
  EXPECT_NE(database.query("SHOW STATUS LIKE 'Ssl_cipher'").rows.at(0).at(1), "");
  const base::Error error = failure_of(
      [&] { static_cast<void>(Database::connect(trusting(server.tcp(), "stranger.pem"))); });
  EXPECT_THAT(error.what(), HasSubstr("2026"));
  EXPECT_THAT(error.hint(), HasSubstr("--metadb-ca"));
}

TEST_F(Tls, RefusesACertificateOfAnotherName) {
  const MariadbServer server(options("other"));
  EXPECT_THAT(failure_of([&] {
                static_cast<void>(Database::connect(trusting(server.tcp(), "ca.pem")));
              }).what(),
              HasSubstr("2026"));
}

TEST_F(Tls, IsVerifiedThroughAForwardedSocketToo) {
  const MariadbServer server(options("server"));
  Database database = Database::connect(trusting(server.socket(), "ca.pem"));
  EXPECT_NE(database.query("SHOW STATUS LIKE 'Ssl_cipher'").rows.at(0).at(1), "");
  EXPECT_THAT(failure_of([&] {
                static_cast<void>(Database::connect(trusting(server.socket(), "stranger.pem")));
              }).what(),
              HasSubstr("2026"));
}

TEST_F(Tls, IsDemandedOfAServerThatHasNone) {
  EXPECT_THAT(
      failure_of([&] {
        static_cast<void>(Database::connect(trusting(MariadbServer::shared().tcp(), "ca.pem")));
      }).what(),
      HasSubstr("2026"));
}

}  // namespace
}  // namespace omsctl::metadb
