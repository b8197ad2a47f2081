#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "omsctl/base/error.hpp"
#include "omsctl/base/json.hpp"
#include "omsctl/base/lists.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/facts/gather.hpp"
#include "omsctl/metadb/stored_code.hpp"

#include "locations.hpp"

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
              .query(fmt::format("SELECT 1 FROM information_schema.TABLES WHERE table_schema = {} "
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

/// CREATE has no EXPLAIN: read from the grants. Doubt counts as yes; the server has the last word
/// before any change.
bool may_create(Database& database, const std::string& schema) {
  if (has_table(database, schema, "omsctl_lease"))
    return true;
  return metadb::grants(column_of(database, "SHOW GRANTS"), "CREATE", schema);
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

/// `enable` itself, not any key that contains the word: enableStore and enableConnector are true by
/// default (domain §7).
void read_console(Database& database, const std::string& rm, MetadbFacts& facts) {
  if (has_table(database, rm, "oms_normal_config")) {
    const auto text =
        database.value(fmt::format("SELECT cfg_value FROM {} WHERE cfg_name = 'ha.config'",
                                   quote_name(rm, "oms_normal_config")));
    const auto document = base::try_json(text.value_or("{}"));
    if (document && document->is_object() && document->contains("enable"))
      facts.ha_enabled = document->at("enable") == true || document->at("enable") == "true";
  }
  for (const char* table : {"oms_project", "oms_sync_project"})
    if (has_table(database, rm, table))
      facts.active_projects += std::stoull(
          database
              .value(fmt::format("SELECT COUNT(*) FROM {} WHERE project_status <> 'DELETED'",
                                 quote_name(rm, table)))
              .value_or("0"));
}

/// What acts on the tables besides OMS, and what of it this user cannot see.
void read_stored_code(Database& database, const oms::Databases& names, MetadbFacts& facts) {
  std::vector<std::string> tables;
  for (const Known& known : known_tables())
    tables.emplace_back(known.table);
  for (const std::string& schema : std::set<std::string>{names.rm, names.cm}) {
    for (const std::string& event : metadb::events_naming(database, schema, tables))
      facts.events.push_back(fmt::format("{}.{}", schema, event));
    for (const std::string& privilege : metadb::blind_spots(database, schema))
      facts.blind_spots.push_back(fmt::format("{} on {}", privilege, schema));
  }
}

/// Whether anybody uses the database that a new region shall have for its own.
void read_heartbeat(Database& database, const std::string& name, HeartbeatFacts& facts) {
  facts.look_alikes =
      column_of(database,
                fmt::format("SELECT schema_name FROM information_schema.SCHEMATA WHERE "
                            "LOWER(schema_name) = LOWER({0}) AND BINARY schema_name <> BINARY {0} "
                            "ORDER BY schema_name",
                            quote_text(name)));
  facts.tables = column_of(database,
                           fmt::format("SELECT table_name FROM information_schema.TABLES WHERE "
                                       "table_schema = {} ORDER BY table_name",
                                       quote_text(name)));
  if (base::contains(facts.tables, std::string("heart_beat")))
    facts.host_ips = column_of(
        database,
        fmt::format("SELECT DISTINCT host_ip FROM {} WHERE host_ip IS NOT NULL ORDER BY host_ip",
                    quote_name(name, "heart_beat")));
  // No EXPLAIN either: see may_create().
  facts.may_create = metadb::grants(column_of(database, "SHOW GRANTS"), "CREATE", name);
}

void ask(Database& database, Facts& facts) {
  MetadbFacts& metadb = facts.metadb;
  const oms::Databases names = facts.databases();
  metadb.version = database.server_version();
  metadb.time_zone =
      database.value("SELECT CONCAT(@@global.time_zone, ' / ', @@system_time_zone)").value_or("");
  for (const std::string& name : {names.rm, names.cm, names.heartbeat})
    if (!database
             .query(fmt::format("SELECT 1 FROM information_schema.SCHEMATA WHERE schema_name = {}",
                                quote_text(name)))
             .rows.empty())
      metadb.databases.insert(name);
  for (const Known& known : known_tables())
    metadb.tables.push_back(describe_table(database, known.in_rm ? names.rm : names.cm, known));
  metadb.may_create = may_create(database, names.rm);
  read_view(database, names, metadb);
  if (facts.choices.goal == Goal::new_region)
    read_heartbeat(database, names.heartbeat, metadb.heartbeat);
  else
    read_locations(database, names, std::to_string(facts.target.cm_location), metadb);
  read_stored_code(database, names, metadb);
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

namespace {

/// A host that reaches the MetaDB, or must: the initial node, else the first that answers.
std::string a_way(const Facts& facts) {
  if (!facts.initial.empty())
    return facts.initial;
  for (const NodeFacts& node : facts.nodes)
    if (node.connection.reachable)
      return node.address;
  return "";
}

}  // namespace

void gather_metadb(Facts& facts, remote::Fleet& fleet) {
  MetadbFacts& metadb = facts.metadb;
  std::vector<std::string> ways;
  const std::string& wish = facts.choices.metadb_via;
  if (wish == "auto" || wish == "direct")
    ways.emplace_back();
  if (wish == "auto" && !a_way(facts).empty())
    ways.push_back(a_way(facts));
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

void gather_dependents(Facts& facts, remote::Fleet& fleet) {
  MetadbFacts& metadb = facts.metadb;
  const oms::Scope scope = facts.region_scope();
  if (!metadb.reachable || !metadb.problem.empty() || !scope.obstacles.empty() ||
      facts.keeps_cm_url())
    return;
  std::vector<metadb::RowSet> sets;
  for (const metadb::RowSet& set : scope.sets) {
    const TableFacts* table = metadb.table(set.table);
    if (table != nullptr && table->exists && table->missing_columns.empty() &&
        table->missing_privileges.empty())
      sets.push_back(set);
  }
  try {
    Database database =
        Database::connect(endpoint_of(facts.target, facts.choices.metadb_ca, metadb.via, fleet));
    metadb.dependents = metadb::find_dependents(database, sets);
  } catch (const base::Error& error) {
    metadb.problem = error.what();
    metadb.hint = error.hint();
  }
}

}  // namespace omsctl::facts
