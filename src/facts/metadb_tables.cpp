#include "metadb_tables.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "omsctl/base/error.hpp"
#include "omsctl/metadb/quote.hpp"
#include "omsctl/metadb/rows.hpp"
#include "omsctl/metadb/schema/stored_code.hpp"
#include "omsctl/metadb/schema/table.hpp"

namespace omsctl::facts {
namespace {

using metadb::Database;
using metadb::quote_name;
using metadb::quote_text;
using metadb::Rows;

/// The columns that official code and documents use (oms §2); location_cm has none that is
/// public.
struct Known {
  const char* table;
  bool in_rm;
  std::vector<std::string> columns;
};

const std::array<Known, 4>& known_tables() {
  static const std::array<Known, 4> known{{
      {"cluster_info", true, {"region", "region_cn", "cm_url", "code", "is_default_cm"}},
      {"resource_group", false, {"id", "name"}},
      {"host", false, {"ip", "host_status", "resource_group_id"}},
      {"location_cm", false, {}},
  }};
  return known;
}

bool contains_name(const std::vector<std::string>& names, const std::string& name) {
  return std::any_of(names.begin(), names.end(), [&](const std::string& other) {
    return other.size() == name.size() &&
           std::equal(name.begin(), name.end(), other.begin(), [](char a, char b) {
             return std::tolower(static_cast<unsigned char>(a)) ==
                    std::tolower(static_cast<unsigned char>(b));
           });
  });
}

/// The server's own answer to "may I?": EXPLAIN checks privileges, roles included, and changes
/// nothing.
void ask_privileges(Database& database, TableFacts& facts) {
  const std::string name = quote_name(facts.database, facts.table);
  const auto may = [&](const char* privilege, const std::string& statement) {
    try {
      (void)database.query("EXPLAIN " + statement);
    } catch (const base::Error& error) {
      facts.missing_privileges.push_back(fmt::format("{} ({})", privilege, error.what()));
    }
  };
  may("SELECT", fmt::format("SELECT * FROM {} WHERE 0 = 1", name));
  may("DELETE", fmt::format("DELETE FROM {} WHERE 0 = 1", name));
  // One column by name: MySQL refuses a value for a generated one even where no row is inserted.
  const Rows columns = database.query(fmt::format(
      "SELECT column_name, extra FROM information_schema.COLUMNS WHERE table_schema = {} "
      "AND table_name = {} ORDER BY ordinal_position",
      quote_text(facts.database),
      quote_text(facts.table)));
  for (const auto& column : columns.rows)
    if (!metadb::is_generated(text_of(column.at(1)))) {
      may("INSERT",
          fmt::format("INSERT INTO {0} ({1}) SELECT {1} FROM {0} WHERE 0 = 1",
                      name,
                      quote_name(text_of(column.at(0)))));
      break;
    }
}

TableFacts describe_table(Database& database, const std::string& schema, const Known& known) {
  TableFacts facts;
  facts.database = schema;
  facts.table = known.table;
  const Rows rows = database.query(fmt::format(
      "SELECT engine FROM information_schema.TABLES WHERE table_schema = {} AND table_name = {}",
      quote_text(schema),
      quote_text(facts.table)));
  facts.exists = !rows.rows.empty();
  if (!facts.exists)
    return facts;
  facts.engine = text_of(rows.rows.front().at(0));
  facts.columns = column_of(database,
                            fmt::format("SELECT column_name FROM information_schema.COLUMNS WHERE "
                                        "table_schema = {} AND table_name = {} "
                                        "ORDER BY ordinal_position",
                                        quote_text(schema),
                                        quote_text(facts.table)));
  for (const std::string& column : known.columns)
    if (!contains_name(facts.columns, column))
      facts.missing_columns.push_back(column);
  for (const metadb::TriggerName& trigger : metadb::triggers_of(database, schema, facts.table))
    facts.triggers.push_back(describe(trigger));
  ask_privileges(database, facts);
  return facts;
}

}  // namespace

std::string text_of(const std::optional<std::string>& value) {
  return value.value_or("");
}

std::vector<std::string> column_of(Database& database, const std::string& sql) {
  std::vector<std::string> values;
  for (const auto& row : database.query(sql).rows)
    values.push_back(text_of(row.at(0)));
  return values;
}

std::vector<TableFacts> describe_tables(Database& database, const oms::Databases& names) {
  std::vector<TableFacts> tables;
  tables.reserve(known_tables().size());
  for (const Known& known : known_tables())
    tables.push_back(describe_table(database, known.in_rm ? names.rm : names.cm, known));
  return tables;
}

}  // namespace omsctl::facts
