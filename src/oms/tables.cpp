#include "omsctl/oms/tables.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "omsctl/base/lists.hpp"
#include "omsctl/base/text.hpp"

namespace omsctl::oms {
namespace {

using base::contains;
using metadb::quote_name;
using metadb::quote_text;

std::string either(const std::string& left, const std::string& right) {
  return fmt::format("({} OR {})", left, right);
}

/// The rows of `host` that belong to the region: in one of its groups, or an existing node.
std::string host_scope(const TablesView& view,
                       const std::string& code,
                       const std::vector<std::string>& nodes) {
  std::vector<std::string> groups;
  for (const GroupRow& group : view.groups)
    if (group.name == code)
      groups.push_back(group.id);
  const std::string by_ip = in_texts("ip", nodes);
  return groups.empty() ? by_ip : either(in_texts("resource_group_id", groups), by_ip);
}

std::vector<std::string> outside_groups(const TablesView& view, std::set<std::string>& ids) {
  std::vector<std::string> lines;
  for (const GroupRow& group : view.groups) {
    const bool known =
        std::any_of(view.regions.begin(), view.regions.end(), [&](const RegionRow& region) {
          return region.code == group.name;
        });
    if (!known) {
      lines.push_back(
          fmt::format("resource_group id {} name \"{}\"", group.id, base::printable(group.name)));
      ids.insert(group.id);
    }
  }
  return lines;
}

std::vector<std::string> outside_hosts(const TablesView& view,
                                       const std::vector<std::string>& nodes) {
  std::set<std::string> regional;
  for (const GroupRow& group : view.groups)
    for (const RegionRow& region : view.regions)
      if (region.code == group.name)
        regional.insert(group.id);
  std::vector<std::string> lines;
  for (const HostRow& host : view.hosts)
    if (!regional.contains(host.group_id) && !contains(nodes, host.ip))
      lines.push_back(
          fmt::format("host \"{}\" in resource_group {}", base::printable(host.ip), host.group_id));
  return lines;
}

/// One region: the whole table. Several: the one column that tells them apart.
std::string location_scope(const TablesView& view,
                           const std::string& code,
                           const std::string& chosen,
                           std::vector<std::string>& obstacles) {
  if (view.regions.size() <= 1 || view.location_rows == 0)
    return "1";
  std::vector<LocationColumn> candidates = view.location_columns;
  if (!chosen.empty())
    std::erase_if(candidates, [&](const LocationColumn& column) { return column.name != chosen; });
  if (candidates.empty()) {
    obstacles.push_back(
        chosen.empty()
            ? "no column of location_cm holds the regions' codes"
            : fmt::format("location_cm has no column \"{}\" with the regions' codes", chosen));
    return "0";
  }
  if (candidates.size() > 1) {
    std::vector<std::string> names;
    names.reserve(candidates.size());
    for (const LocationColumn& column : candidates)
      names.push_back(
          fmt::format("{} ({} rows of this region)", column.name, column.rows_of_region));
    obstacles.push_back("several columns of location_cm hold the regions' codes: " +
                        base::join(names, ", "));
    return "0";
  }
  return equals_text(candidates.front().name, code);
}

}  // namespace

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

Scope decide_scope(const TablesView& view,
                   const Databases& databases,
                   const std::string& code,
                   const std::vector<std::string>& nodes,
                   OutsideRows outside,
                   const std::string& location_column) {
  Scope scope;
  std::set<std::string> outside_ids;
  scope.outside = outside_groups(view, outside_ids);
  const auto hosts = outside_hosts(view, nodes);
  scope.outside.insert(scope.outside.end(), hosts.begin(), hosts.end());
  const std::string locations = location_scope(view, code, location_column, scope.obstacles);
  std::string groups = equals_text("name", code);
  std::string host_rows = host_scope(view, code, nodes);
  if (outside == OutsideRows::clear && !scope.outside.empty()) {
    // "clear" is the guide's bare delete, less the other regions' rows.
    std::vector<std::string> others;
    for (const RegionRow& region : view.regions)
      if (region.code != code)
        others.push_back(region.code);
    if (others.empty()) {
      groups = host_rows = "1";
    } else {
      std::vector<std::string> other_groups;
      for (const GroupRow& group : view.groups)
        if (contains(others, group.name))
          other_groups.push_back(group.id);
      groups = "NOT " + in_texts("name", others);
      if (!other_groups.empty())
        host_rows = either(in_texts("ip", nodes),
                           fmt::format("({0} IS NULL OR NOT {1})",
                                       quote_name("resource_group_id"),
                                       in_texts("resource_group_id", other_groups)));
    }
  }
  scope.sets = {{databases.rm, "cluster_info", equals_text("code", code)},
                {databases.cm, "resource_group", groups},
                {databases.cm, "host", host_rows},
                {databases.cm, "location_cm", locations}};
  return scope;
}

std::string cluster_info_query(const Databases& databases, const std::string& code) {
  return fmt::format("SELECT cm_url, code FROM {} WHERE {}",
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

}  // namespace omsctl::oms
