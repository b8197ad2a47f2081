#include "omsctl/metadb/copy/dump.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "omsctl/base/error.hpp"
#include "omsctl/metadb/copy/manifest.hpp"
#include "omsctl/metadb/copy/progress.hpp"
#include "omsctl/metadb/copy/sections.hpp"
#include "omsctl/metadb/quote.hpp"
#include "omsctl/metadb/rows.hpp"
#include "omsctl/metadb/schema/definition.hpp"
#include "omsctl/metadb/schema/foreign_keys.hpp"
#include "omsctl/metadb/schema/table.hpp"
#include "omsctl/metadb/transaction.hpp"

namespace omsctl::metadb {
namespace {

/// OMS writes a row there every few seconds and never deletes one (domain, section 2).
constexpr std::string_view unbounded_table = "heatbeat_sequence";

struct Content {
  std::vector<std::string> tables;
  std::vector<std::string> views;
};

void require_schema(Database& database, const std::string& schema) {
  const Rows rows =
      database.query("SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = " +
                     quote_text(schema));
  if (rows_named(database, rows, "SCHEMA_NAME", schema).empty())
    throw base::Error(
        base::Code::database,
        fmt::format("MetaDB {}: there is no database {}", database.address(), quote_name(schema)),
        "check drc_rm_db, drc_cm_db and drc_cm_heartbeat_db in config.yaml");
}

Content read_content(Database& database, const std::string& schema, Manifest& manifest) {
  require_schema(database, schema);
  Content content;
  const Rows rows = database.query(
      "SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE FROM information_schema.TABLES WHERE "
      "TABLE_SCHEMA = " +
      quote_text(schema) + " ORDER BY TABLE_NAME");
  for (const Row& row : rows_named(database, rows, "TABLE_SCHEMA", schema)) {
    const std::string name = row.at(1).value_or("");
    const std::string kind = row.at(2).value_or("");
    if (kind == "BASE TABLE" || kind == "SYSTEM VERSIONED")
      content.tables.push_back(name);
    else if (kind == "VIEW")
      content.views.push_back(name);
    else
      manifest.left_out.push_back(fmt::format("{} {}.{}", kind, schema, name));
    if (kind == "SYSTEM VERSIONED")
      manifest.left_out.push_back(fmt::format("history of {}.{}", schema, name));
  }
  return content;
}

void name_left_out(Database& database,
                   const std::string& schema,
                   std::string_view what,
                   std::string_view columns,
                   Manifest& manifest) {
  std::vector<std::string> names;
  try {
    const Rows rows =
        database.query(fmt::format("SELECT {0}_SCHEMA, {0}_NAME FROM information_schema.{0}S "
                                   "WHERE {0}_SCHEMA = {1} ORDER BY {0}_NAME",
                                   columns,
                                   quote_text(schema)));
    for (const Row& row : rows_named(database, rows, fmt::format("{}_SCHEMA", columns), schema))
      names.push_back(row.at(1).value_or(""));
  } catch (const DatabaseError& error) {
    // Older OceanBase tenants lack the view, and the thing.
    if (error.lost() || !database.is_oceanbase())
      throw;
  }
  if (!names.empty())
    manifest.left_out.push_back(fmt::format("{} of {}: {}", what, schema, fmt::join(names, ", ")));
}

std::string scope_of(const Table& table, Manifest& manifest) {
  const bool has_id = std::ranges::find(table.columns, "id", &Column::name) != table.columns.end();
  if (table.name != unbounded_table || !has_id)
    return "1";
  manifest.left_out.push_back(
      fmt::format("rows of {}.{} but the newest", table.database, table.name));
  return fmt::format("`id` = (SELECT MAX(`id`) FROM {})", table.quoted());
}

std::vector<std::string> parents_first_names(Database& database,
                                             const std::string& schema,
                                             const std::vector<std::string>& tables) {
  std::vector<TableName> names;
  std::ranges::transform(tables, std::back_inserter(names), [&schema](const std::string& table) {
    return TableName{schema, table};
  });
  std::vector<std::string> ordered;
  for (const std::size_t index : parents_first(names, foreign_keys_around(database, names)))
    ordered.push_back(tables[index]);
  return ordered;
}

/// Views may read each other in any order: first each stands in for itself with its columns, then
/// becomes itself.
std::string create_views(Database& database,
                         const std::string& schema,
                         const std::vector<std::string>& views) {
  if (views.empty())
    return {};
  // Otherwise the server names the schema in each view, and the dump loads into no other.
  database.execute("USE " + quote_name(schema));
  std::string stand_ins;
  std::string real;
  for (const std::string& view : views) {
    const Rows columns = database.query("SHOW COLUMNS FROM " + quote_name(schema, view));
    std::vector<std::string> list;
    for (const Row& column : columns.rows)
      list.push_back("1 AS " + quote_name(column.at(0).value_or("")));
    stand_ins +=
        fmt::format("CREATE VIEW {} AS SELECT {};\n", quote_name(view), fmt::join(list, ", "));
    const Rows shown = database.query("SHOW CREATE VIEW " + quote_name(schema, view));
    std::string statement = shown.rows.at(0).at(1).value_or("");
    if (statement.starts_with("CREATE "))
      statement.insert(std::string_view("CREATE").size(), " OR REPLACE");
    real += statement + ";\n";
  }
  return stand_ins + real;
}

void dump_table(Database& database,
                CopyWriter& sink,
                const std::string& schema,
                const std::string& name,
                Manifest& manifest,
                const Progress& progress) {
  const Table table = read_table(database, schema, name);
  SavedRows saved{.rows = {schema, name, scope_of(table, manifest)},
                  .digest = {},
                  .schema_file = {},
                  .rows_file = {}};
  write_text(sink, table.create_statement + ";\nSTART TRANSACTION;");
  saved.digest = write_rows(database, sink, table, saved.rows, progress);
  // Triggers would fire on the rows before them.
  write_text(
      sink, "COMMIT;\n" + create_triggers(read_triggers(database, table)) + session_settings(true));
  manifest.tables.push_back(std::move(saved));
}

void dump_schema(Database& database,
                 const std::string& schema,
                 const std::filesystem::path& directory,
                 const std::string& file,
                 Manifest& manifest,
                 const Progress& progress) {
  const Content content = read_content(database, schema, manifest);
  name_left_out(database, schema, "routines", "ROUTINE", manifest);
  name_left_out(database, schema, "events", "EVENT", manifest);
  const std::size_t first = manifest.tables.size();
  CopyWriter sink(directory / file);
  // Tables of one database may refer to another's, and to each other in a circle.
  write_text(sink, session_settings(true));
  for (const std::string& name : parents_first_names(database, schema, content.tables))
    dump_table(database, sink, schema, name, manifest, progress);
  write_text(sink, create_views(database, schema, content.views));
  write_end(sink);
  manifest.files[file] = sink.finish();
  manifest.databases[file] = schema;
  for (std::size_t i = first; i < manifest.tables.size(); ++i)
    manifest.tables[i].schema_file = manifest.tables[i].rows_file = file;
}

std::string file_name(const std::string& schema, std::set<std::string>& taken) {
  std::string name = file_safe(schema);
  if (name != schema || taken.contains(name))
    name = fmt::format("{:02}-{}", taken.size() + 1, name);
  taken.insert(name);
  return name + ".sql.zst";
}

}  // namespace

Manifest dump_databases(Database& database,
                        const std::vector<std::string>& databases,
                        const std::filesystem::path& directory,
                        const Progress& progress) {
  prepare_directory(directory);
  Transaction transaction(database, "REPEATABLE READ");
  Manifest manifest = begin_manifest(database);
  name_unseen(database, databases, manifest);
  std::set<std::string> taken;
  for (const std::string& schema : databases)
    dump_schema(database, schema, directory, file_name(schema, taken), manifest, progress);
  transaction.commit();
  check_files(directory, manifest);
  write_manifest(directory, manifest);
  return manifest;
}

}  // namespace omsctl::metadb
