#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "omsctl/metadb/change/delete.hpp"
#include "omsctl/metadb/change/dependents.hpp"
#include "omsctl/metadb/change/restore.hpp"
#include "omsctl/metadb/copy/dump.hpp"
#include "omsctl/metadb/copy/manifest.hpp"
#include "omsctl/metadb/copy/row_stream.hpp"
#include "omsctl/metadb/copy/snapshot.hpp"
#include "omsctl/metadb/database.hpp"
#include "omsctl/metadb/quote.hpp"
#include "omsctl/metadb/row_set.hpp"
#include "omsctl/metadb/schema/stored_code.hpp"

#include "metadb/fixture.hpp"
#include "support/mariadb_server.hpp"

namespace omsctl::metadb {
namespace {

using support::MariadbServer;

/// 64 characters, as many as a name may have, none of them ASCII.
std::string longest() {
  std::string name;
  for (int i = 0; i < 64; ++i)
    name += "\xC3\xB6";
  return name;
}

class HostileName : public MetadbTest, public testing::WithParamInterface<std::string> {
 protected:
  ~HostileName() override {
    try {
      sql({"SET foreign_key_checks = 0", "DROP DATABASE IF EXISTS " + quote_name(GetParam())});
    } catch (const base::Error& error) {
      ADD_FAILURE() << error.what();
    }
  }
};

TEST_P(HostileName, OfDatabaseTableColumnKeyAndTriggerIsNoTrouble) {
  const std::string& name = GetParam();
  const std::string it = quote_name(name);
  const std::string table = quote_name(name, name);
  const std::string child = quote_name(name, "child");
  sql({"DROP DATABASE IF EXISTS " + it,
       fmt::format("CREATE DATABASE {} CHARACTER SET utf8mb4", it),
       fmt::format("CREATE TABLE {} ({} INT PRIMARY KEY, v TEXT) ENGINE=InnoDB", table, it),
       fmt::format("CREATE TABLE {} (id INT PRIMARY KEY, {} INT, CONSTRAINT {} FOREIGN KEY ({}) "
                   "REFERENCES {} ({}) ON DELETE SET NULL) ENGINE=InnoDB",
                   child,
                   it,
                   it,
                   it,
                   table,
                   it),
       fmt::format("CREATE TRIGGER {} AFTER DELETE ON {} FOR EACH ROW SET @x = OLD.{}",
                   quote_name(name, name),
                   table,
                   it),
       fmt::format("INSERT INTO {} VALUES (1, 'a'), (2, NULL)", table),
       fmt::format("INSERT INTO {} VALUES (1, 1), (2, 2), (3, NULL)", child)});
  const RowDigest rows = digest_rows(database_, {name, name});
  const RowDigest children = digest_rows(database_, {name, "child"});
  std::vector<RowSet> sets{{name, name, it + " = 1"}};
  const Dependents dependents = find_dependents(database_, sets);
  ASSERT_EQ(dependents.sets.size(), 1U);
  EXPECT_EQ(dependents.found.at(0).constraint, name);
  sets.push_back(dependents.sets.front());
  delete_rows(database_, snapshot(sets), {});
  EXPECT_EQ(digest_rows(database_, {name, name}).count, 1U);
  restore_rows(database_, directory(), {});
  EXPECT_EQ(digest_rows(database_, {name, name}), rows);
  EXPECT_EQ(digest_rows(database_, {name, "child"}), children);
  EXPECT_EQ(triggers_of(database_, name, name).at(0).name, name);
  const auto dump = dump_databases(database_, {name}, files_.path() / "dump");
  EXPECT_EQ(dump.tables.size(), 2U);
}

INSTANTIATE_TEST_SUITE_P(Names,
                         HostileName,
                         testing::Values("a`b``c",
                                         "it's \"quoted\"",
                                         "with blanks in it",
                                         longest(),
                                         "1234",
                                         "1e5",
                                         "100%_\\",
                                         "select",
                                         "-- x",
                                         "/*!50000 x*/",
                                         "a;DROP TABLE t",
                                         "H\xC3\xB6st",
                                         "tab\tand\nline"));

/// A server that does not tell upper from lower case in names of databases and tables.
TEST(FoldedNames, AreTheSameInWhateverCase) {
  MariadbServer server({"--lower-case-table-names=1"});
  Database database = Database::connect(server.tcp());
  for (const char* statement :
       {"CREATE DATABASE OMS_CM",
        "CREATE TABLE OMS_CM.Host (id INT PRIMARY KEY) ENGINE=InnoDB",
        "CREATE TABLE oms_cm.task (id INT PRIMARY KEY, h INT, FOREIGN KEY (h) REFERENCES "
        "oms_cm.host (id) ON DELETE CASCADE) ENGINE=InnoDB",
        "CREATE TRIGGER OMS_CM.t AFTER DELETE ON OMS_CM.host FOR EACH ROW SET @x = 1",
        "INSERT INTO oms_cm.host VALUES (1), (2)",
        "INSERT INTO oms_cm.task VALUES (1, 1)"})
    database.execute(statement);
  const std::vector<RowSet> host{{"OMS_CM", "Host"}};
  const Dependents dependents = find_dependents(database, host);
  ASSERT_EQ(dependents.sets.size(), 1U);
  EXPECT_EQ(triggers_of(database, "OMS_CM", "HOST").size(), 1U);
  const base::TempDir files;
  EXPECT_EQ(dump_databases(database, {"OMS_CM"}, files.path() / "dump").tables.size(), 2U);
  const Manifest manifest =
      take_snapshot(database, {host.front(), dependents.sets.front()}, files.path() / "snapshot");
  delete_rows(database, manifest, {});
  EXPECT_EQ(database.value("SELECT COUNT(*) FROM oms_cm.task"), "0");
  restore_rows(database, files.path() / "snapshot", {});
  EXPECT_EQ(database.value("SELECT COUNT(*) FROM oms_cm.task"), "1");
}

}  // namespace
}  // namespace omsctl::metadb
