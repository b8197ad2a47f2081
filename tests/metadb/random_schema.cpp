#include "metadb/random_schema.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace omsctl::metadb {
namespace {

constexpr std::size_t most_extras = 7;

}  // namespace

RandomSchema::RandomTable RandomSchema::table(const std::string& name,
                                              const std::vector<std::string>& columns,
                                              const std::vector<std::string>& keys,
                                              bool has_key) {
  RandomTable table{name, columns, keys, {}, {}, has_key};
  for (const std::string& column : columns)
    table.columns.push_back(column.substr(0, column.find(' ')));
  table.definitions.emplace_back("n INT");
  table.columns.emplace_back("n");
  return table;
}

void RandomSchema::add_extras(RandomTable& table) {
  for (std::size_t i = values_.below(most_extras + 1); i-- > 0;) {
    const TypedColumn& type = every_type()[values_.below(every_type().size())];
    const std::string name = fmt::format("x{}", i);
    table.definitions.push_back(fmt::format("{} {}", name, type.definition));
    table.extra.emplace(name, type);
  }
}

void RandomSchema::add_generated(RandomTable& table) {
  for (const std::string definition : {"g0 BIGINT AS (n + 1) VIRTUAL",
                                       "g1 VARCHAR(30) AS (CONCAT(n, '+')) STORED",
                                       "g2 INT AS (n * 2) STORED INVISIBLE"})
    if (perhaps()) {
      table.definitions.push_back(definition);
      reads_[table.name].push_back(definition.substr(0, 2));
    }
}

/// They change what is inserted, or write elsewhere. What has no key cannot be set right again, and
/// has none.
void RandomSchema::add_triggers(const RandomTable& table) {
  if (!table.has_key)
    return;
  if (!table.extra.empty() && perhaps(3))
    statements_.push_back(
        fmt::format("CREATE TRIGGER {0}_ins BEFORE INSERT ON {0} FOR EACH ROW SET NEW.{1} = NULL",
                    table.name,
                    table.extra.begin()->first));
  if (perhaps(3))
    statements_.push_back(fmt::format(
        "CREATE TRIGGER {0}_del AFTER DELETE ON {0} FOR EACH ROW INSERT INTO audit VALUES ('{0}')",
        table.name));
}

void RandomSchema::create(RandomTable table, const std::vector<std::vector<std::string>>& rows) {
  add_extras(table);
  for (const std::string& column : table.columns)
    reads_[table.name].push_back(column);
  for (const auto& [name, type] : table.extra)
    reads_[table.name].push_back(type.read(name));
  add_generated(table);
  for (std::size_t i = table.definitions.size(); i > 1; --i)
    std::swap(table.definitions[i - 1], table.definitions[values_.below(i)]);
  table.definitions.insert(table.definitions.end(), table.keys.begin(), table.keys.end());
  statements_.push_back(fmt::format("CREATE TABLE {} ({}) ENGINE=InnoDB ROW_FORMAT=DYNAMIC",
                                    table.name,
                                    fmt::join(table.definitions, ", ")));
  std::vector<std::string> names = table.columns;
  for (const auto& [name, type] : table.extra)
    names.push_back(name);
  for (std::vector<std::string> row : rows) {
    row.push_back(std::to_string(values_.below(1000)));
    for (const auto& [name, type] : table.extra)
      row.push_back(perhaps(6) ? "NULL" : type.value(values_));
    statements_.push_back(fmt::format("INSERT INTO {} ({}) VALUES ({})",
                                      table.name,
                                      fmt::join(names, ", "),
                                      fmt::join(row, ", ")));
  }
  add_triggers(table);
}

void RandomSchema::design() {
  statements_ = {"CREATE TABLE audit (of_table VARCHAR(64)) ENGINE=InnoDB"};
  const std::string code = values_.one_of({"INT", "VARCHAR(20)", "CHAR(9)", "DECIMAL(5,0)"});
  const auto key = [&](const std::string& column) -> std::vector<std::string> {
    if (perhaps(3))
      return {};
    return {values_.one_of({"PRIMARY KEY", "UNIQUE KEY"}) + " (" + column + ")"};
  };
  std::vector<std::string> keys = key("code");
  create(table("cluster_info",
               {"code " + code + " NOT NULL", "region VARCHAR(64)", "cm_url VARCHAR(64)"},
               keys,
               !keys.empty()),
         {{"'0'", "'cn-a'", "'http://a'"}, {"'1'", "'cn-b'", "'http://b'"}});
  create(table("resource_group",
               {"id BIGINT NOT NULL AUTO_INCREMENT", "name VARCHAR(64)"},
               {"PRIMARY KEY (id)"},
               true),
         {{"3", "'0'"}, {"4", "'1'"}, {"5", "'1'"}});
  const std::string rule = values_.one_of({"RESTRICT", "CASCADE", "SET NULL", "NO ACTION"});
  std::vector<std::string> host_keys{"PRIMARY KEY (id)"};
  if (perhaps())
    host_keys.push_back(
        "FOREIGN KEY (resource_group_id) REFERENCES resource_group (id) ON DELETE " + rule);
  create(table("host",
               {"id INT NOT NULL AUTO_INCREMENT", "ip VARCHAR(64)", "resource_group_id BIGINT"},
               host_keys,
               true),
         {{"1", "'10.0.0.1'", "4"},
          {"2", "'10.0.0.2'", "4"},
          {"7", "'10.0.0.3'", "5"},
          {"9", "'10.0.0.9'", "3"}});
  keys = key("place");
  create(table("location_cm", {"place INT NOT NULL", "location " + code}, keys, !keys.empty()),
         {{"1", "'0'"}, {"2", "'1'"}, {"3", "'1'"}});
  create(table("task",
               {"a INT NOT NULL", "b VARCHAR(9) NOT NULL", "host INT"},
               {"PRIMARY KEY (b, a)",
                "FOREIGN KEY (host) REFERENCES host (id) ON DELETE " +
                    values_.one_of({"CASCADE", "SET NULL"})},
               true),
         {{"1", "'x'", "1"}, {"2", "'x''y'", "7"}, {"2", "'x'", "9"}, {"4", "'x'", "NULL"}});
  create(table("part",
               {"id BIGINT NOT NULL", "a INT", "b VARCHAR(9)"},
               {"UNIQUE KEY (id)",
                "FOREIGN KEY (b, a) REFERENCES task (b, a) ON DELETE " +
                    values_.one_of({"CASCADE", "SET NULL"})},
               true),
         {{"1", "1", "'x'"}, {"2", "2", "'x''y'"}, {"3", "2", "'x'"}, {"4", "NULL", "'x'"}});
}

std::map<std::string, std::vector<Row>> RandomSchema::content(Database& database) const {
  std::map<std::string, std::vector<Row>> content;
  database.execute("SET character_set_results = NULL");
  for (const auto& [table, expressions] : reads_) {
    content[table] =
        database.query(fmt::format("SELECT {} FROM lab.{}", fmt::join(expressions, ", "), table))
            .rows;
    std::ranges::sort(content[table]);
  }
  database.execute("SET character_set_results = utf8mb4");
  return content;
}

}  // namespace omsctl::metadb
