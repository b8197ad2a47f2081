#include "omsctl/metadb/schema/table.hpp"

#include <algorithm>
#include <cctype>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "omsctl/base/error.hpp"
#include "omsctl/metadb/schema/literal.hpp"
#include "omsctl/metadb/schema/scan.hpp"

namespace omsctl::metadb {
namespace {

std::string text_at(const Rows& rows, const Row& row, std::string_view column) {
  return rows.has(column) ? row.at(rows.index(column)).value_or("") : "";
}

std::string lower_case(std::string text) {
  std::ranges::transform(
      text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// The period columns of a system-versioned table belong to the server alone.
bool is_row_period(const std::string& expression) {
  return expression == "ROW START" || expression == "ROW END";
}

Column column_from(const Rows& rows, const Row& row, const std::string& table) {
  const std::string extra = lower_case(text_at(rows, row, "EXTRA"));
  Column column{.name = text_at(rows, row, "COLUMN_NAME"),
                .type = text_at(rows, row, "COLUMN_TYPE"),
                .charset = lower_case(text_at(rows, row, "CHARACTER_SET_NAME")),
                .generated = is_generated(extra),
                .touched = contains(extra, "on update")};
  const std::string data_type = lower_case(text_at(rows, row, "DATA_TYPE"));
  const auto encoding = encoding_of(data_type);
  if (!encoding)
    throw base::Error(
        base::Code::database,
        fmt::format("column {} of {} has the type {}, which omsctl cannot copy exactly",
                    quote_name(column.name),
                    table,
                    column.type));
  column.encoding = *encoding;
  if (column.encoding == Encoding::text && column.charset.empty())
    column.charset = "utf8mb4";  // MySQL's JSON
  return column;
}

std::string where_table(std::string_view schema_column,
                        std::string_view table_column,
                        const std::string& schema,
                        const std::string& name) {
  return fmt::format(" WHERE {} = {} AND {} = {}",
                     schema_column,
                     quote_text(schema),
                     table_column,
                     quote_text(name));
}

std::vector<Column> read_columns(Database& database, const Table& table) {
  const Rows rows =
      database.query("SELECT * FROM information_schema.COLUMNS" +
                     where_table("TABLE_SCHEMA", "TABLE_NAME", table.database, table.name) +
                     " ORDER BY ORDINAL_POSITION");
  std::vector<Column> columns;
  for (const Row& row : rows_named(database, rows, "TABLE_NAME", table.name))
    if (!is_row_period(text_at(rows, row, "GENERATION_EXPRESSION")))
      columns.push_back(column_from(rows, row, table.quoted()));
  std::stable_partition(
      columns.begin(), columns.end(), [](const Column& column) { return !column.generated; });
  return columns;
}

/// Columns of the primary key, else of the first unique key whose columns are whole and never NULL.
std::vector<std::string> read_key(Database& database, const Table& table) {
  const Rows rows =
      database.query("SELECT * FROM information_schema.STATISTICS" +
                     where_table("TABLE_SCHEMA", "TABLE_NAME", table.database, table.name) +
                     " AND NON_UNIQUE = 0 ORDER BY INDEX_NAME, SEQ_IN_INDEX");
  std::map<std::string, std::vector<std::string>> keys;
  std::vector<std::string> unusable;
  for (const Row& row : rows_named(database, rows, "TABLE_NAME", table.name)) {
    const std::string index = text_at(rows, row, "INDEX_NAME");
    const std::string column = text_at(rows, row, "COLUMN_NAME");
    if (column.empty() || text_at(rows, row, "NULLABLE") == "YES" ||
        !text_at(rows, row, "SUB_PART").empty())
      unusable.push_back(index);
    keys[index].push_back(column);
  }
  if (const auto primary = keys.find("PRIMARY"); primary != keys.end())
    if (std::ranges::find(unusable, "PRIMARY") == unusable.end())
      return primary->second;
  for (const auto& [index, columns] : keys)
    if (std::ranges::find(unusable, index) == unusable.end())
      return columns;
  return {};
}

}  // namespace

bool is_generated(std::string_view column_extra) {
  // Not "DEFAULT_GENERATED": that is MySQL 8's word for a default that is an expression.
  const std::string extra = lower_case(std::string(column_extra));
  return contains(extra, "virtual generated") || contains(extra, "stored generated") ||
         contains(extra, "persistent") || extra == "virtual";
}

void to_json(nlohmann::json& json, const Column& column) {
  json = {{"name", column.name},
          {"type", column.type},
          {"charset", column.charset},
          {"encoding", static_cast<int>(column.encoding)},
          {"generated", column.generated}};
}

void from_json(const nlohmann::json& json, Column& column) {
  json.at("name").get_to(column.name);
  json.at("type").get_to(column.type);
  json.at("charset").get_to(column.charset);
  const nlohmann::json& encoding = json.at("encoding");
  if (!encoding.is_number_unsigned() || encoding > static_cast<int>(Encoding::index))
    throw nlohmann::json::other_error::create(501, "no encoding of a column", nullptr);
  column.encoding = static_cast<Encoding>(encoding.get<int>());
  json.at("generated").get_to(column.generated);
}

bool is_same_name(const Database& database, std::string_view left, std::string_view right) {
  return left == right || (database.folds_names() &&
                           lower_case(std::string(left)) == lower_case(std::string(right)));
}

std::vector<Row> rows_named(const Database& database,
                            const Rows& answer,
                            std::string_view column,
                            std::string_view name) {
  const std::size_t at = answer.index(column);
  std::vector<Row> same;
  std::ranges::copy_if(answer.rows, std::back_inserter(same), [&](const Row& row) {
    return is_same_name(database, row.at(at).value_or(""), name);
  });
  return same;
}

std::string Table::insert_prefix(std::string_view quoted_table) const {
  std::vector<std::string> names;
  for (const Column& column : columns)
    if (!column.generated)
      names.push_back(quote_name(column.name));
  return fmt::format("INSERT INTO {} ({}) VALUES", quoted_table, fmt::join(names, ","));
}

std::string Table::shape() const {
  nlohmann::json shape = nlohmann::json::array();
  for (const Column& column : columns) {
    const bool by_index = column.encoding == Encoding::index;
    shape.push_back({column.name, column.charset, by_index ? column.type : "", column.generated});
  }
  return shape.dump();
}

Table read_table(Database& database, const std::string& schema, const std::string& name) {
  Table table{.database = schema, .name = name};
  const Rows rows =
      database.query("SELECT TABLE_NAME, TABLE_TYPE, ENGINE FROM information_schema.TABLES" +
                     where_table("TABLE_SCHEMA", "TABLE_NAME", schema, name));
  const std::vector<Row> found = rows_named(database, rows, "TABLE_NAME", name);
  if (found.empty())
    throw base::Error(
        base::Code::database,
        fmt::format("MetaDB {}: there is no table {}", database.address(), table.quoted()),
        "check drc_rm_db, drc_cm_db and drc_cm_heartbeat_db in config.yaml");
  const std::string kind = found.front().at(1).value_or("");
  if (kind != "BASE TABLE" && kind != "SYSTEM VERSIONED")
    throw base::Error(
        base::Code::database,
        fmt::format(
            "MetaDB {}: {} is not a table but a {}", database.address(), table.quoted(), kind));
  table.engine = found.front().at(2).value_or("");
  table.columns = read_columns(database, table);
  table.key = read_key(database, table);
  const Rows create = database.query("SHOW CREATE TABLE " + table.quoted());
  table.create_statement = create.rows.at(0).at(1).value_or("");
  table.auto_increment = auto_increment_of(table.create_statement);
  return table;
}

}  // namespace omsctl::metadb
