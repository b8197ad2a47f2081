#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "omsctl/base/error.hpp"
#include "omsctl/base/json.hpp"
#include "omsctl/base/lists.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/config/settings.hpp"
#include "omsctl/facts/gather.hpp"
#include "omsctl/metadb/database.hpp"
#include "omsctl/metadb/quote.hpp"
#include "omsctl/metadb/row_set.hpp"
#include "omsctl/metadb/schema/stored_code.hpp"
#include "omsctl/oms/scope.hpp"

#include "locations.hpp"
#include "metadb_tables.hpp"

namespace omsctl::facts {
namespace {

using metadb::Database;
using metadb::quote_name;
using metadb::quote_text;

bool has_table(Database& database, const std::string& schema, const std::string& table) {
  return !database
              .query(fmt::format("SELECT 1 FROM information_schema.TABLES WHERE table_schema = {} "
                                 "AND table_name = {}",
                                 quote_text(schema),
                                 quote_text(table)))
              .rows.empty();
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
/// default (oms §7).
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
  tables.reserve(facts.tables.size());
  for (const TableFacts& table : facts.tables)
    tables.push_back(table.table);
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
  metadb.tables = describe_tables(database, names);
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

metadb::Endpoint endpoint_of(const config::Settings& settings,
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
