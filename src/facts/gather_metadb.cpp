#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "omsctl/base/error.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/facts/gather.hpp"

namespace omsctl::facts {
namespace {

using metadb::Database;
using metadb::quote_name;
using metadb::quote_text;
using metadb::Rows;

/// The columns that official code and documents use (domain §2); location_cm has none that is
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

std::string text_of(const std::optional<std::string>& value) {
  return value.value_or("");
}

std::vector<std::string> column_of(Database& database, const std::string& sql) {
  std::vector<std::string> values;
  for (const auto& row : database.query(sql).rows)
    values.push_back(text_of(row.at(0)));
  return values;
}

bool has_table(Database& database, const std::string& schema, const std::string& table) {
  return !database
              .query(fmt::format("SELECT 1 FROM information_schema.tables WHERE table_schema = {} "
                                 "AND table_name = {}",
                                 quote_text(schema),
                                 quote_text(table)))
              .rows.empty();
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
  may("INSERT", fmt::format("INSERT INTO {0} SELECT * FROM {0} WHERE 0 = 1", name));
}

TableFacts describe_table(Database& database, const std::string& schema, const Known& known) {
  TableFacts facts;
  facts.database = schema;
  facts.table = known.table;
  const Rows rows = database.query(fmt::format(
      "SELECT engine FROM information_schema.tables WHERE table_schema = {} AND table_name = {}",
      quote_text(schema),
      quote_text(facts.table)));
  facts.exists = !rows.rows.empty();
  if (!facts.exists)
    return facts;
  facts.engine = text_of(rows.rows.front().at(0));
  facts.columns = column_of(database,
                            fmt::format("SELECT column_name FROM information_schema.columns WHERE "
                                        "table_schema = {} AND table_name = {} "
                                        "ORDER BY ordinal_position",
                                        quote_text(schema),
                                        quote_text(facts.table)));
  for (const std::string& column : known.columns)
    if (!contains_name(facts.columns, column))
      facts.missing_columns.push_back(column);
  facts.triggers = column_of(
      database,
      fmt::format(
          "SELECT trigger_name FROM information_schema.triggers WHERE event_object_schema = {} AND "
          "event_object_table = {} ORDER BY trigger_name",
          quote_text(schema),
          quote_text(facts.table)));
  ask_privileges(database, facts);
  return facts;
}

/// Whether one line of SHOW GRANTS lets the user create a table in `schema`.
bool grants_create(const std::string& grant, const std::string& schema) {
  const std::size_t on = grant.find(" ON ");
  if (on == std::string::npos)
    return true;  // a role's grant: what is in it is not listed here
  const std::string what = grant.substr(0, on);
  const std::string where = grant.substr(on + 4, grant.find(" TO ") - on - 4);
  const bool pattern = where.find_first_of("%\\") != std::string::npos;
  const bool here = where == "*.*" || where == quote_name(schema) + ".*" || pattern;
  return here && (what.find("ALL PRIVILEGES") != std::string::npos ||
                  what.find("CREATE,") != std::string::npos || what.ends_with("CREATE"));
}

/// CREATE has no EXPLAIN: read from the grants. Doubt counts as yes; the server has the last word
/// before any change.
bool may_create(Database& database, const std::string& schema) {
  if (has_table(database, schema, "omsctl_lease"))
    return true;
  const std::vector<std::string> grants = column_of(database, "SHOW GRANTS");
  return std::any_of(grants.begin(), grants.end(), [&](const std::string& grant) {
    return grants_create(grant, schema);
  });
}

void read_view(Database& database, const oms::Databases& names, MetadbFacts& facts) {
  const auto usable = [&](const char* table) {
    const TableFacts* found = facts.table(table);
    return found != nullptr && found->exists && found->missing_columns.empty() &&
           found->missing_privileges.empty();
  };
  if (usable("cluster_info"))
    for (const auto& row :
         database
             .query(fmt::format(
                 "SELECT code, region, region_cn, cm_url, is_default_cm FROM {} ORDER BY code",
                 quote_name(names.rm, "cluster_info")))
             .rows)
      facts.view.regions.push_back({text_of(row[0]),
                                    text_of(row[1]),
                                    text_of(row[2]),
                                    text_of(row[3]),
                                    text_of(row[4]) == "1"});
  if (usable("resource_group"))
    for (const auto& row : database
                               .query(fmt::format("SELECT id, name FROM {} ORDER BY id",
                                                  quote_name(names.cm, "resource_group")))
                               .rows)
      facts.view.groups.push_back({text_of(row[0]), text_of(row[1])});
  if (usable("host"))
    for (const auto& row :
         database
             .query(fmt::format("SELECT ip, host_status, resource_group_id FROM {} ORDER BY ip",
                                quote_name(names.cm, "host")))
             .rows)
      facts.view.hosts.push_back({text_of(row[0]), text_of(row[1]), text_of(row[2])});
}

/// Which columns of location_cm hold regions' codes; asked only where several regions share the
/// table.
void read_locations(Database& database,
                    const oms::Databases& names,
                    const std::string& code,
                    MetadbFacts& facts) {
  const TableFacts* table = facts.table("location_cm");
  if (table == nullptr || !table->exists || !table->missing_privileges.empty())
    return;
  const std::string name = quote_name(names.cm, "location_cm");
  facts.view.location_rows =
      database.query(fmt::format("SELECT 1 FROM {} LIMIT 1", name)).rows.size();
  if (facts.view.regions.size() < 2 || facts.view.location_rows == 0)
    return;
  std::vector<std::string> others;
  for (const oms::RegionRow& region : facts.view.regions)
    if (region.code != code)
      others.push_back(region.code);
  for (const std::string& column : table->columns) {
    const Rows rows = database.query(
        fmt::format("SELECT COUNT(*), COALESCE(SUM({}), 0), COALESCE(SUM({}), 0) FROM {}",
                    oms::equals_text(column, code),
                    oms::in_texts(column, others),
                    name));
    const auto number = [&](std::size_t i) { return std::stoull(text_of(rows.rows.at(0).at(i))); };
    facts.view.location_rows = number(0);
    if (number(1) + number(2) > 0)
      facts.view.location_columns.push_back(
          {column, number(1), number(2), number(0) - number(1) - number(2)});
  }
}

void read_foreign_keys(Database& database, const oms::Databases& names, MetadbFacts& facts) {
  const Rows rows =
      database.query(fmt::format("SELECT k.table_schema, k.table_name, k.referenced_table_schema, "
                                 "k.referenced_table_name, r.delete_rule, "
                                 "k.column_name FROM information_schema.key_column_usage k JOIN "
                                 "information_schema.referential_constraints r ON "
                                 "r.constraint_schema = k.constraint_schema AND r.constraint_name "
                                 "= k.constraint_name AND r.table_name = "
                                 "k.table_name WHERE (k.referenced_table_schema = {} AND "
                                 "k.referenced_table_name = 'cluster_info') OR "
                                 "(k.referenced_table_schema = {} AND k.referenced_table_name IN "
                                 "('host', 'resource_group', 'location_cm'))",
                                 quote_text(names.rm),
                                 quote_text(names.cm)));
  for (const auto& row : rows.rows) {
    const bool among_the_four =
        std::any_of(facts.tables.begin(), facts.tables.end(), [&](const TableFacts& table) {
          return table.database == text_of(row[0]) && table.table == text_of(row[1]);
        });
    if (among_the_four)
      continue;
    const auto count = database.value(fmt::format("SELECT COUNT(*) FROM {} WHERE {} IS NOT NULL",
                                                  quote_name(text_of(row[0]), text_of(row[1])),
                                                  quote_name(text_of(row[5]))));
    facts.foreign_keys.push_back({text_of(row[0]) + "." + text_of(row[1]),
                                  text_of(row[2]) + "." + text_of(row[3]),
                                  text_of(row[4]),
                                  std::stoull(count.value_or("0"))});
  }
}

/// `enable` itself, not any key that contains the word: enableStore and enableConnector are true by
/// default (domain §7).
void read_console(Database& database, const std::string& rm, MetadbFacts& facts) {
  if (has_table(database, rm, "oms_normal_config")) {
    const auto text =
        database.value(fmt::format("SELECT cfg_value FROM {} WHERE cfg_name = 'ha.config'",
                                   quote_name(rm, "oms_normal_config")));
    const auto document = nlohmann::json::parse(text.value_or("{}"), nullptr, false);
    if (document.is_object() && document.contains("enable"))
      facts.ha_enabled = document["enable"] == true || document["enable"] == "true";
  }
  for (const char* table : {"oms_project", "oms_sync_project"})
    if (has_table(database, rm, table))
      facts.active_projects += std::stoull(
          database
              .value(fmt::format("SELECT COUNT(*) FROM {} WHERE project_status <> 'DELETED'",
                                 quote_name(rm, table)))
              .value_or("0"));
}

void ask(Database& database, Facts& facts) {
  MetadbFacts& metadb = facts.metadb;
  const oms::Databases names = facts.databases();
  metadb.version = database.server_version();
  metadb.time_zone =
      database.value("SELECT CONCAT(@@global.time_zone, ' / ', @@system_time_zone)").value_or("");
  for (const std::string& name : {names.rm, names.cm, names.heartbeat})
    if (!database
             .query(fmt::format("SELECT 1 FROM information_schema.schemata WHERE schema_name = {}",
                                quote_text(name)))
             .rows.empty())
      metadb.databases.insert(name);
  for (const Known& known : known_tables())
    metadb.tables.push_back(describe_table(database, known.in_rm ? names.rm : names.cm, known));
  metadb.may_create = may_create(database, names.rm);
  read_view(database, names, metadb);
  read_locations(database, names, std::to_string(facts.target.cm_location), metadb);
  read_foreign_keys(database, names, metadb);
  if (metadb.databases.contains(names.rm)) {
    read_console(database, names.rm, metadb);
    metadb.lease = metadb::read_lease(database, names.rm);
  }
}

}  // namespace

metadb::Endpoint endpoint_of(const oms::Settings& settings,
                             const std::string& ca_file,
                             const std::string& via,
                             remote::Fleet& fleet) {
  metadb::Endpoint endpoint;
  endpoint.host = settings.meta_host;
  endpoint.port = settings.meta_port.number;
  endpoint.user = settings.meta_user;
  endpoint.password = settings.meta_password;
  endpoint.ca_file = ca_file;
  if (!via.empty())
    endpoint.socket = fleet.at(via).forward(settings.meta_host, settings.meta_port.number);
  return endpoint;
}

void gather_metadb(Facts& facts, remote::Fleet& fleet) {
  MetadbFacts& metadb = facts.metadb;
  std::vector<std::string> ways;
  const std::string& wish = facts.choices.metadb_via;
  if (wish == "auto" || wish == "direct")
    ways.emplace_back();
  if (wish == "auto" && !facts.initial.empty())
    ways.push_back(facts.initial);
  if (wish != "auto" && wish != "direct")
    ways.push_back(wish);
  for (const std::string& via : ways) {
    try {
      Database database =
          Database::connect(endpoint_of(facts.target, facts.choices.metadb_ca, via, fleet));
      const std::string first_problem = std::exchange(metadb.problem, "");
      metadb.reachable = true;
      metadb.via = via;
      ask(database, facts);
      return;
    } catch (const base::Error& error) {
      // The direct way's reason is the one to show; that the way through a host failed too follows
      // from it.
      if (metadb.problem.empty()) {
        metadb.problem = error.what();
        metadb.hint = error.hint();
      }
      if (metadb.reachable)
        return;
    }
  }
}

}  // namespace omsctl::facts
