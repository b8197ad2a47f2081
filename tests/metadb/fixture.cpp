#include "metadb/fixture.hpp"

#include <algorithm>
#include <fstream>

#include "omsctl/metadb/copy/snapshot.hpp"
#include "omsctl/metadb/quote.hpp"

#include "support/mariadb_server.hpp"

namespace omsctl::metadb {

using support::MariadbServer;

MetadbTest::MetadbTest() : database_(Database::connect(MariadbServer::shared().tcp())) {
  sql({"SET SESSION foreign_key_checks = 0",
       "DROP DATABASE IF EXISTS lab",
       "DROP DATABASE IF EXISTS copy",
       "SET SESSION foreign_key_checks = 1",
       "CREATE DATABASE lab CHARACTER SET utf8mb4",
       "CREATE DATABASE copy CHARACTER SET latin1",
       "USE lab"});
}

void MetadbTest::sql(const std::vector<std::string>& statements) {
  for (const std::string& statement : statements)
    database_.execute(statement);
}

Rows MetadbTest::rows_of(const std::string& schema, const std::string& table) {
  Rows rows = database_.query("SELECT * FROM " + quote_name(schema, table));
  std::ranges::sort(rows.rows);
  return rows;
}

std::string MetadbTest::count(const std::string& table) {
  return database_.value("SELECT COUNT(*) FROM lab." + quote_name(table)).value_or("");
}

Manifest MetadbTest::snapshot(const std::vector<RowSet>& sets) {
  return take_snapshot(database_, sets, directory());
}

void MetadbTest::load_copy(const Manifest& manifest) {
  for (const SavedRows& saved : manifest.tables) {
    ASSERT_EQ(MariadbServer::shared().load("copy", directory() / saved.schema_file), "");
    ASSERT_EQ(MariadbServer::shared().load("copy", directory() / saved.rows_file), "");
  }
}

std::vector<std::string> region_tables() {
  return {
      "CREATE TABLE resource_group (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(64)) "
      "ENGINE=InnoDB",
      "CREATE TABLE host (ip VARCHAR(64) PRIMARY KEY, resource_group_id INT, FOREIGN KEY "
      "(resource_group_id) REFERENCES resource_group (id)) ENGINE=InnoDB",
      "INSERT INTO resource_group VALUES (1, '0'), (2, '1')",
      "INSERT INTO host VALUES ('10.0.0.1', 1), ('10.0.0.2', 1), ('10.0.0.3', 2)"};
}

void overwrite(const std::filesystem::path& file, const std::string& content) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << content;
}

bool mentions(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace omsctl::metadb
