#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "omsctl/config/settings.hpp"
#include "omsctl/facts/gather.hpp"
#include "omsctl/metadb/change/delete.hpp"
#include "omsctl/metadb/change/restore.hpp"
#include "omsctl/metadb/copy/manifest.hpp"
#include "omsctl/metadb/copy/row_stream.hpp"
#include "omsctl/metadb/copy/snapshot.hpp"
#include "omsctl/metadb/database.hpp"
#include "omsctl/metadb/row_set.hpp"

#include "metadb/fixture.hpp"
#include "remote/ssh_server.hpp"
#include "support/mariadb_server.hpp"

namespace omsctl::metadb {
namespace {

/// The MetaDB through a unix socket that a host forwards.
class ThroughAHost : public MetadbTest {
 protected:
  Endpoint endpoint() {
    const Endpoint direct = support::MariadbServer::shared().tcp();
    config::Settings settings;
    settings.meta_host = direct.host;
    settings.meta_port.number = direct.port;
    settings.meta_user = direct.user;
    return facts::endpoint_of(settings, "", "node-a", *fleet_);
  }

  remote::testing::SshServer ssh_;
  std::optional<remote::Fleet> fleet_{std::in_place, ssh_.reach()};
};

TEST_F(ThroughAHost, RowsAreSavedDeletedAndPutBackLikeDirectly) {
  sql({"CREATE TABLE t (id INT PRIMARY KEY, v LONGBLOB) ENGINE=InnoDB",
       "INSERT INTO t SELECT seq, RANDOM_BYTES(1024) FROM seq_1_to_4000"});
  const RowDigest before = digest_rows(database_, {"lab", "t"});
  Database through = Database::connect(endpoint());
  EXPECT_NE(through.address().find("through a host"), std::string::npos);
  const Manifest manifest = take_snapshot(through, {{"lab", "t"}}, directory());
  EXPECT_EQ(manifest.tables.at(0).digest, before);
  delete_rows(through, manifest, {});
  EXPECT_EQ(count("t"), "0");
  restore_rows(through, directory(), {});
  EXPECT_EQ(digest_rows(database_, {"lab", "t"}), before);
}

TEST_F(ThroughAHost, AWayThatIsCutIsALostConnectionAndNothingIsDeleted) {
  sql({"CREATE TABLE t (id INT PRIMARY KEY) ENGINE=InnoDB", "INSERT INTO t VALUES (1), (2)"});
  Database through = Database::connect(endpoint());
  const Manifest manifest = take_snapshot(through, {{"lab", "t"}}, directory());
  try {
    delete_rows(through, manifest, [this](Database&) { fleet_.reset(); });
    FAIL() << "nothing was thrown";
  } catch (const DatabaseError& error) {
    EXPECT_TRUE(error.lost()) << error.what();
  }
  EXPECT_EQ(count("t"), "2");
}

}  // namespace
}  // namespace omsctl::metadb
