#include "omsctl/metadb/schema/definition.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "omsctl/metadb/quote.hpp"
#include "omsctl/metadb/rows.hpp"
#include "omsctl/metadb/schema/scan.hpp"

namespace omsctl::metadb {

std::string session_settings(bool unchecked_keys) {
  std::string settings =
      "SET NAMES utf8mb4;\n"
      "SET SESSION time_zone = '+00:00';\n"
      "SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES';\n";
  if (unchecked_keys)
    settings += "SET SESSION foreign_key_checks = 0;\n";
  return settings;
}

namespace {

/// "root@localhost" as `root`@`localhost`; a role has no host.
std::string quoted_definer(const std::string& definer) {
  const std::size_t at = definer.rfind('@');
  if (at == std::string::npos)
    return quote_name(definer);
  return quote_name(definer.substr(0, at)) + "@" + quote_name(definer.substr(at + 1));
}

/// The statement as it was typed names its schema or not; ours must load into any. The body comes
/// from SHOW CREATE: information_schema has lost its 4-byte characters.
std::string statement_of(Database& database, const Table& table, const Rows& rows, const Row& row) {
  const auto text = [&](std::string_view column) {
    return row.at(rows.index(column)).value_or("");
  };
  const std::string name = text("TRIGGER_NAME");
  const Rows shown = database.query("SHOW CREATE TRIGGER " + quote_name(table.database, name));
  std::string typed = shown.rows.at(0).at(shown.index("SQL Original Statement")).value_or("");
  const auto body = trigger_body(typed);
  if (!body)
    return typed;
  return fmt::format("CREATE DEFINER={} TRIGGER {} {} {} ON {} FOR EACH ROW{}",
                     quoted_definer(text("DEFINER")),
                     quote_name(name),
                     text("ACTION_TIMING"),
                     text("EVENT_MANIPULATION"),
                     quote_name(table.name),
                     *body);
}

}  // namespace

std::vector<Trigger> read_triggers(Database& database, const Table& table) {
  const Rows rows = database.query(fmt::format(
      "SELECT * FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = {} AND "
      "EVENT_OBJECT_TABLE = {} ORDER BY EVENT_MANIPULATION, ACTION_TIMING, ACTION_ORDER",
      quote_text(table.database),
      quote_text(table.name)));
  std::vector<Trigger> triggers;
  for (const Row& row : rows_named(database, rows, "EVENT_OBJECT_TABLE", table.name)) {
    const auto text = [&](std::string_view column) {
      return row.at(rows.index(column)).value_or("");
    };
    triggers.push_back({.name = text("TRIGGER_NAME"),
                        .statement = statement_of(database, table, rows, row),
                        .sql_mode = text("SQL_MODE"),
                        .connection_collation = text("COLLATION_CONNECTION")});
  }
  return triggers;
}

std::string create_triggers(const std::vector<Trigger>& triggers) {
  if (triggers.empty())
    return {};
  std::string delimiter = "$$";
  const auto taken = [&delimiter](const Trigger& trigger) {
    return trigger.statement.find(delimiter) != std::string::npos;
  };
  // A `$` right before the delimiter would join it, so a longer one is no answer.
  for (int i = 1; std::ranges::any_of(triggers, taken); ++i)
    delimiter = fmt::format("omsctl_{}_$$", i);
  std::string sql = fmt::format("DELIMITER {}\n", delimiter);
  for (const Trigger& trigger : triggers)
    sql += fmt::format(
        "SET SESSION sql_mode = {1}{0}\n"
        "SET SESSION character_set_client = utf8mb4, collation_connection = {2}{0}\n"
        "{3}\n{0}\n",
        delimiter,
        quote_text(trigger.sql_mode),
        trigger.connection_collation,
        trigger.statement);
  sql += fmt::format("DELIMITER ;\n{}", session_settings(false));
  return sql;
}

std::string drop_triggers(const std::vector<Trigger>& triggers) {
  std::string sql;
  for (const Trigger& trigger : triggers)
    sql += fmt::format("DROP TRIGGER IF EXISTS {};\n", quote_name(trigger.name));
  return sql;
}

}  // namespace omsctl::metadb
