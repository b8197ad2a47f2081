#include <algorithm>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "omsctl/base/clock.hpp"
#include "omsctl/facts/gather.hpp"
#include "omsctl/metadb/change/changed_ids.hpp"
#include "omsctl/metadb/change/delete.hpp"
#include "omsctl/metadb/change/dependents.hpp"
#include "omsctl/metadb/change/restore.hpp"
#include "omsctl/metadb/change/row_changes.hpp"
#include "omsctl/metadb/copy/backup_info.hpp"
#include "omsctl/metadb/copy/drill.hpp"
#include "omsctl/metadb/copy/dump.hpp"
#include "omsctl/metadb/copy/snapshot.hpp"
#include "omsctl/metadb/database.hpp"
#include "omsctl/metadb/lease/lease.hpp"
#include "omsctl/metadb/row_set.hpp"

#include "metadb/fixture.hpp"
#include "support/mariadb_server.hpp"

namespace omsctl::metadb {
namespace {

using support::MariadbServer;

/// What a statement asks of the server, without names and values: "SELECT FROM
/// information_schema.TABLES", "DELETE FROM", "SET SESSION time_zone".
std::string shape_of(const std::string& statement) {
  static const std::regex known(
      R"(^(EXPLAIN )?(SELECT|SHOW CREATE \w+|SHOW \w+|SET SESSION \w+|SET \w+|START TRANSACTION.*|\w+( TABLE)?)\b)");
  std::smatch found;
  if (!std::regex_search(statement, found, known))
    return statement;
  std::string shape = found.str(0);
  static const std::regex schema(R"(FROM (information_schema\.\w+))", std::regex::icase);
  if (std::smatch from; std::regex_search(statement, from, schema))
    shape += " FROM " + from.str(1);
  if (statement.ends_with("FOR UPDATE"))
    shape += " FOR UPDATE";
  return shape;
}

class Statements : public MetadbTest {
 protected:
  Statements() {
    sql(
        {"CREATE TABLE cluster_info (region VARCHAR(9), region_cn VARCHAR(9), cm_url VARCHAR(9), "
         "code INT PRIMARY KEY, is_default_cm INT) ENGINE=InnoDB",
         "CREATE TABLE resource_group (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(9), parent "
         "INT, FOREIGN KEY (parent) REFERENCES resource_group (id)) ENGINE=InnoDB",
         "CREATE TABLE host (id INT PRIMARY KEY, ip VARCHAR(64), host_status VARCHAR(9), "
         "resource_group_id INT, FOREIGN KEY (resource_group_id) REFERENCES resource_group (id)) "
         "ENGINE=InnoDB",
         "CREATE TABLE location_cm (location INT, again INT) ENGINE=InnoDB",
         "CREATE TABLE gone (id INT PRIMARY KEY, h INT, FOREIGN KEY (h) REFERENCES host (id) ON "
         "DELETE CASCADE) ENGINE=InnoDB",
         "CREATE TABLE kept (id INT PRIMARY KEY, h INT, FOREIGN KEY (h) REFERENCES host (id) ON "
         "DELETE SET NULL) ENGINE=InnoDB",
         "CREATE VIEW seen AS SELECT ip FROM host",
         "CREATE TRIGGER t BEFORE INSERT ON host FOR EACH ROW SET NEW.host_status = 'x'",
         "INSERT INTO cluster_info VALUES ('a', 'a', '', 0, 0), ('b', 'b', '', 1, 0)",
         "INSERT INTO resource_group VALUES (1, '0', NULL), (2, '1', NULL), (3, '1', 2)",
         "ALTER TABLE resource_group AUTO_INCREMENT = 50",
         "INSERT INTO host VALUES (1, '10.0.0.1', '', 1), (2, '10.0.0.2', '', 2)",
         "UPDATE host SET host_status = 'ONLINE'",
         "INSERT INTO location_cm VALUES (0, 0), (1, 1), (NULL, 7)",
         "INSERT INTO gone VALUES (1, 2)",
         "INSERT INTO kept VALUES (1, 2)"});
  }

  /// One of everything that omsctl does in a MetaDB.
  void work() {
    const Endpoint server = MariadbServer::shared().tcp();
    facts::Facts facts;
    facts.target.meta_host = server.host;
    facts.target.meta_port.number = server.port;
    facts.target.meta_user = server.user;
    facts.target.rm_db = facts.target.cm_db = facts.target.heartbeat_db = "lab";
    facts.target.cm_location = 1;
    facts.choices.metadb_via = "direct";
    remote::Fleet fleet{remote::ReachOptions{}};
    facts::gather_metadb(facts, fleet);
    facts::gather_dependents(facts, fleet);
    ASSERT_EQ(facts.metadb.problem, "");
    std::vector<RowSet> sets = facts.region_scope().sets;
    const auto& dependents = facts.metadb.dependents.sets;
    ASSERT_EQ(dependents.size(), 2U);
    sets.insert(sets.end(), dependents.begin(), dependents.end());
    Database session = Database::connect(server);
    const auto lease =
        Lease::take(server, "lab", {"run", "me", "here", "scale-out"}, base::Milliseconds{0}, {});
    const auto guard = [&](Database& inside) { lease->guard(inside, "clear", true); };
    static_cast<void>(dump_databases(session, {"lab"}, files_.path() / "dump"));
    static_cast<void>(drill(server, files_.path() / "dump"));
    static_cast<void>(table_sizes(session, {"lab"}));
    delete_rows(session, take_snapshot(session, sets, directory()), guard);
    static_cast<void>(compare_with_rows(session, directory()));
    session.execute("ALTER TABLE lab.resource_group AUTO_INCREMENT = 1");
    restore_rows(session, directory(), guard);
    static_cast<void>(
        changed_ids(session, directory(), {{"lab", "host", "ip", "id", "host_id"}}, {"lab"}));
    lease->check();
    lease->release();
  }

  std::vector<std::string> logged() {
    sql({"SET GLOBAL log_output = 'TABLE'",
         "TRUNCATE mysql.general_log",
         "SET GLOBAL general_log = 1"});
    work();
    sql({"SET GLOBAL general_log = 0"});
    std::vector<std::string> statements;
    for (const Row& row : database_
                              .query("SELECT CONVERT(argument USING utf8mb4) FROM "
                                     "mysql.general_log WHERE command_type = 'Query' AND thread_id "
                                     "<> CONNECTION_ID()")
                              .rows)
      statements.push_back(row.at(0).value_or(""));
    return statements;
  }
};

TEST_F(Statements, AreAllInTheDocumentAndNoneNeedsANewServer) {
  const std::string document = base::read_file(OMSCTL_SOURCE_DIR "/docs/metadb.md");
  const std::regex too_new(
      R"(\b(WITH|OVER|LATERAL|RETURNING|SKIP LOCKED|NOWAIT|GET_LOCK|EXCEPT|INTERSECT|LIKE)\b)");
  std::set<std::string> shapes;
  for (const std::string& statement : logged()) {
    const bool snapshot = statement == "START TRANSACTION WITH CONSISTENT SNAPSHOT";
    EXPECT_FALSE(!snapshot && std::regex_search(statement, too_new)) << statement;
    shapes.insert(shape_of(statement));
  }
  EXPECT_GT(shapes.size(), 30U);
  for (const std::string& shape : shapes)
    EXPECT_TRUE(mentions(document, "`" + shape + "`")) << shape;
}

}  // namespace
}  // namespace omsctl::metadb
