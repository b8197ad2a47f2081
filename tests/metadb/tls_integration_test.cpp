#include <cstdlib>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "omsctl/metadb/database.hpp"

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

/// How often the server was shown a wrong password.
std::string wrong_passwords(const MariadbServer& server) {
  Database database = Database::connect(server.socket());
  return database.query("SHOW GLOBAL STATUS LIKE 'Access_denied_errors'")
      .rows.at(0)
      .at(1)
      .value_or("");
}

TEST_F(Tls, KeepsThePasswordFromAServerThatIsNotVerified) {
  const MariadbServer server(options("server"));
  const MariadbServer other(options("other"));
  const auto connect = [&](const MariadbServer& to, const std::string& authority) {
    Endpoint endpoint = trusting(to.tcp(), authority);
    endpoint.password = base::Secret("wrong-canary");
    return failure_of([&] { static_cast<void>(Database::connect(endpoint)); });
  };
  EXPECT_THAT(connect(server, "ca.pem").what(), HasSubstr("1045"));
  EXPECT_EQ(wrong_passwords(server), "1");
  EXPECT_THAT(connect(server, "stranger.pem").what(), HasSubstr("2026"));
  EXPECT_EQ(wrong_passwords(server), "1");
  EXPECT_THAT(connect(other, "ca.pem").what(), HasSubstr("2026"));
  EXPECT_EQ(wrong_passwords(other), "0");
}

TEST_F(Tls, SaysHowToLookAtACertificateThatIsRefused) {
  const MariadbServer server(options("other"));
  const base::Error error =
      failure_of([&] { static_cast<void>(Database::connect(trusting(server.tcp(), "ca.pem"))); });
  EXPECT_THAT(error.hint(), HasSubstr("openssl s_client -starttls mysql -connect 127.0.0.1:"));
}

TEST_F(Tls, DoesNotTakeAFileThatIsNoAuthority) {
  const MariadbServer server(options("server"));
  base::write_file(files_.path() / "junk.pem", "junk\n");
  for (const char* file : {"junk.pem", "nowhere.pem"})
    EXPECT_THAT(failure_of([&] {
                  static_cast<void>(Database::connect(trusting(server.tcp(), file)));
                }).what(),
                HasSubstr("2026"))
        << file;
}

TEST_F(Tls, IsVerifiedThroughAForwardedSocketToo) {
  const MariadbServer server(options("server"));
  const MariadbServer other(options("other"));
  Database database = Database::connect(trusting(server.socket(), "ca.pem"));
  EXPECT_NE(database.query("SHOW STATUS LIKE 'Ssl_cipher'").rows.at(0).at(1), "");
  EXPECT_THAT(failure_of([&] {
                static_cast<void>(Database::connect(trusting(server.socket(), "stranger.pem")));
              }).what(),
              HasSubstr("2026"));
  EXPECT_THAT(failure_of([&] {
                static_cast<void>(Database::connect(trusting(other.socket(), "ca.pem")));
              }).what(),
              HasSubstr("IP address mismatch"));
}

TEST_F(Tls, IsDemandedOfAServerThatHasNone) {
  const std::string before = wrong_passwords(MariadbServer::shared());
  for (Endpoint endpoint : {MariadbServer::shared().tcp(), MariadbServer::shared().socket()}) {
    endpoint = trusting(endpoint, "ca.pem");
    endpoint.password = base::Secret("wrong-canary");
    EXPECT_THAT(failure_of([&] { static_cast<void>(Database::connect(endpoint)); }).what(),
                HasSubstr("2026"));
  }
  EXPECT_EQ(wrong_passwords(MariadbServer::shared()), before);
}

}  // namespace
}  // namespace omsctl::metadb
