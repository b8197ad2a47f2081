#include "omsctl/oms/tables.hpp"

#include <fmt/format.h>

#include "omsctl/base/text.hpp"
#include "omsctl/metadb/quote.hpp"
#include "omsctl/oms/scope.hpp"

namespace omsctl::oms {
using metadb::quote_name;
using metadb::quote_text;

std::string equals_text(const std::string& column, const std::string& text) {
  return fmt::format("BINARY CAST({} AS CHAR) = {}", quote_name(column), quote_text(text));
}

std::string in_texts(const std::string& column, const std::vector<std::string>& texts) {
  std::vector<std::string> literals;
  literals.reserve(texts.size());
  for (const std::string& text : texts)
    literals.push_back(quote_text(text));
  return fmt::format(
      "BINARY CAST({} AS CHAR) IN ({})", quote_name(column), base::join(literals, ", "));
}

std::string cluster_info_query(const Databases& databases, const std::string& code) {
  return fmt::format("SELECT cm_url, code FROM {} WHERE {}",
                     quote_name(databases.rm, "cluster_info"),
                     equals_text("code", code));
}

std::string region_query(const Databases& databases, const std::string& code) {
  return fmt::format("SELECT cm_url, code, region, is_default_cm + 0 FROM {} WHERE {}",
                     quote_name(databases.rm, "cluster_info"),
                     equals_text("code", code));
}

std::string hosts_query(const Databases& databases, const std::string& code) {
  return fmt::format(
      "SELECT h.ip, h.host_status FROM {} h JOIN {} g ON h.resource_group_id = g.id WHERE {} ORDER "
      "BY h.ip",
      quote_name(databases.cm, "host"),
      quote_name(databases.cm, "resource_group"),
      fmt::format("BINARY CAST(g.name AS CHAR) = {}", quote_text(code)));
}

std::string host_status_query(const Databases& databases, const std::vector<std::string>& nodes) {
  return fmt::format("SELECT ip, host_status FROM {} WHERE {} ORDER BY ip",
                     quote_name(databases.cm, "host"),
                     in_texts("ip", nodes));
}

std::string heartbeat_query(const Databases& databases, const std::vector<std::string>& nodes) {
  return fmt::format(
      "SELECT host_ip, MAX(gmt_modified) FROM {} WHERE task_name = 'supervisor' AND {} GROUP BY "
      "host_ip ORDER BY host_ip",
      quote_name(databases.heartbeat, "heart_beat"),
      in_texts("host_ip", nodes));
}

std::vector<metadb::RowSet> rows_by_todays_ids(const std::vector<metadb::RowSet>& scope,
                                               const Databases& databases,
                                               const std::vector<std::string>& nodes) {
  std::string groups;
  for (const metadb::RowSet& set : scope)
    if (set.table == "resource_group")
      groups = set.where;
  std::vector<metadb::RowSet> wide;
  for (metadb::RowSet set : scope) {
    if (set.table == "host")
      set.where = fmt::format(
          "({}) OR {} OR COALESCE(BINARY CAST({} AS CHAR) IN (SELECT BINARY CAST({} AS CHAR) FROM "
          "{} "
          "WHERE ({})), FALSE)",
          set.where,
          in_texts("ip", nodes),
          quote_name("resource_group_id"),
          quote_name("id"),
          quote_name(databases.cm, "resource_group"),
          groups);
    wide.push_back(set);
  }
  return wide;
}

std::vector<metadb::RowSet> rows_of_new_region(const Databases& databases,
                                               const std::string& code,
                                               const std::string& cm_url,
                                               const std::vector<std::string>& nodes,
                                               const std::vector<std::string>& location_columns) {
  std::vector<std::string> locations;
  locations.reserve(location_columns.size());
  for (const std::string& column : location_columns)
    locations.push_back(fmt::format("COALESCE({}, FALSE)", equals_text(column, cm_url)));
  return rows_by_todays_ids(
      {{databases.rm, "cluster_info", equals_text("code", code)},
       {databases.cm, "resource_group", equals_text("name", code)},
       {databases.cm, "host", "FALSE"},
       {databases.cm, "location_cm", locations.empty() ? "FALSE" : base::join(locations, " OR ")}},
      databases,
      nodes);
}

std::vector<UnchangedRows> rows_of_others(const Databases& databases,
                                          const std::string& code,
                                          const std::vector<std::string>& nodes,
                                          const std::vector<std::string>& columns) {
  std::vector<std::string> quoted;
  quoted.reserve(columns.size());
  for (const std::string& column : columns)
    quoted.push_back(quote_name(column));
  // A row that says NULL there is another's too.
  const auto select =
      [](const std::string& what, const std::string& table, const std::string& ours) {
        return fmt::format("SELECT {} FROM {} WHERE NOT COALESCE({}, FALSE)", what, table, ours);
      };
  return {
      {"cluster_info",
       select(base::join(quoted, ", "),
              quote_name(databases.rm, "cluster_info"),
              equals_text("code", code))},
      {"resource_group",
       select("id, name", quote_name(databases.cm, "resource_group"), equals_text("name", code))},
      {"host",
       select("ip, resource_group_id", quote_name(databases.cm, "host"), in_texts("ip", nodes))}};
}

}  // namespace omsctl::oms
