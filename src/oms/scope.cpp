#include "omsctl/oms/scope.hpp"

#include <algorithm>
#include <cctype>
#include <set>

#include <fmt/format.h>

#include "omsctl/base/lists.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/metadb/quote.hpp"
#include "omsctl/oms/tables.hpp"

namespace omsctl::oms {
namespace {

using base::contains;
using base::printable;
using metadb::quote_name;

using Texts = std::set<std::string>;

constexpr const char* name_a_column = "say which with --location-column NAME";

std::string any_of(const std::vector<std::string>& conditions) {
  if (conditions.size() == 1)
    return conditions.front();
  return conditions.empty() ? "0" : fmt::format("({})", base::join(conditions, " OR "));
}

std::vector<std::string> listed(const Texts& texts) {
  return {texts.begin(), texts.end()};
}

bool is_same_column(const std::string& left, const std::string& right) {
  return std::ranges::equal(left, right, [](unsigned char a, unsigned char b) {
    return std::tolower(a) == std::tolower(b);
  });
}

/// Whose the rows are, by what they say.
class Owners {
 public:
  Owners(const TablesView& view, const std::string& code, const std::vector<std::string>& nodes)
      : view_(view), code_(code), nodes_(nodes) {
    // A row without a code is no region's.
    for (const RegionRow& region : view.regions)
      if (!region.code.empty())
        codes.insert(region.code);
    codes.insert(code);
    for (const GroupRow& group : view.groups)
      if (!codes.contains(group.name))
        outside_names.insert(group.name);
      else if (!group.id.empty())
        (group.name == code ? ours : others).insert(group.id);
    for (const HostRow& host : view.hosts)
      if (is_outside(host))
        outside_ids.insert(host.group_id);
  }

  [[nodiscard]] bool is_outside(const HostRow& host) const {
    return !ours.contains(host.group_id) && !others.contains(host.group_id) &&
           !contains(nodes_, host.ip);
  }
  [[nodiscard]] bool is_contested(const HostRow& host) const {
    return others.contains(host.group_id) && contains(nodes_, host.ip);
  }

  void list(Scope& scope) const;

  Texts codes;          ///< of all regions
  Texts ours;           ///< ids of this region's groups
  Texts others;         ///< ids of the other regions' groups
  Texts outside_names;  ///< of groups that are no region's
  Texts outside_ids;    ///< of groups whose hosts are no region's

 private:
  const TablesView& view_;
  const std::string& code_;
  const std::vector<std::string>& nodes_;
};

void Owners::list(Scope& scope) const {
  for (const RegionRow& region : view_.regions)
    if (region.code.empty())
      scope.outside.push_back(
          fmt::format("cluster_info region \"{}\" without a code", printable(region.region)));
  for (const GroupRow& group : view_.groups)
    if (!codes.contains(group.name))
      scope.outside.push_back(
          fmt::format("resource_group id {} name \"{}\"", group.id, printable(group.name)));
    else if (group.name == code_ && others.contains(group.id))
      scope.obstacles.push_back(
          {fmt::format("resource_group id {} is this region's and another's", group.id),
           "the ids of resource_group must differ: see SELECT * FROM resource_group"});
  for (const HostRow& host : view_.hosts)
    if (is_outside(host))
      scope.outside.push_back(fmt::format("host \"{}\" in resource_group {}",
                                          printable(host.ip),
                                          host.group_id.empty() ? "NULL" : host.group_id));
    else if (is_contested(host))
      scope.obstacles.push_back(
          {fmt::format("host \"{}\" is a node of this region, but its row is in resource_group {}, "
                       "another region's",
                       printable(host.ip),
                       host.group_id),
           "a machine belongs to one region: correct cm_nodes, or give that node up in the other "
           "region first"});
}

std::string groups_scope(const Owners& owners, const std::string& code, bool clear) {
  if (!clear || owners.outside_names.empty())
    return equals_text("name", code);
  Texts names = owners.outside_names;
  names.insert(code);
  std::vector<std::string> conditions{in_texts("name", listed(names))};
  if (owners.outside_names.contains(""))
    conditions.push_back(quote_name("name") + " IS NULL");
  return any_of(conditions);
}

/// In one of the region's groups, or an existing node that no other region has.
std::string hosts_scope(const Owners& owners, const std::vector<std::string>& nodes, bool clear) {
  const std::string group = quote_name("resource_group_id");
  Texts ids = owners.ours;
  if (clear)
    ids.insert(owners.outside_ids.begin(), owners.outside_ids.end());
  const bool without_group = ids.erase("") > 0;
  std::vector<std::string> conditions;
  if (!ids.empty())
    conditions.push_back(in_texts("resource_group_id", listed(ids)));
  if (!nodes.empty()) {
    const std::string by_ip = in_texts("ip", nodes);
    conditions.push_back(owners.others.empty()
                             ? by_ip
                             : fmt::format("({} AND ({} IS NULL OR NOT {}))",
                                           by_ip,
                                           group,
                                           in_texts("resource_group_id", listed(owners.others))));
  }
  if (without_group)
    conditions.push_back(
        fmt::format("({} IS NULL OR {})", group, equals_text("resource_group_id", "")));
  return any_of(conditions);
}

std::string regions_scope(const TablesView& view, const std::string& code, bool clear) {
  const bool without_code = std::ranges::any_of(
      view.regions, [](const RegionRow& region) { return region.code.empty(); });
  if (!clear || !without_code)
    return equals_text("code", code);
  return any_of({in_texts("code", {"", code}), quote_name("code") + " IS NULL"});
}

std::string described(const LocationColumn& column) {
  return fmt::format("{} ({} of this region)",
                     printable(column.name),
                     base::count_of(column.rows_of_region, "row"));
}

/// 0 and 1 are codes and flags; then only a name can tell.
bool may_be_a_flag(const LocationColumn& column, const Texts& codes) {
  if (!std::ranges::includes(Texts{"0", "1"}, codes))
    return false;
  std::string name = column.name;
  std::ranges::transform(
      name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::ranges::none_of(
      std::vector<std::string>{"location", "region", "code"},
      [&](const std::string& word) { return name.find(word) != std::string::npos; });
}

/// Nothing but the names of columns, and what they hold, tells which one means the region: only
/// what cannot be mistaken for a flag or a counter is taken without a word of the operator.
const LocationColumn* choose_column(const TablesView& view,
                                    const Owners& owners,
                                    const std::string& chosen,
                                    std::vector<Obstacle>& obstacles) {
  std::vector<const LocationColumn*> candidates;
  for (const LocationColumn& column : view.location_columns)
    if (chosen.empty() ? column.same_as.empty() && !column.counts
                       : is_same_column(column.name, chosen))
      candidates.push_back(&column);
  const auto refuse = [&](const std::string& what) {
    obstacles.push_back({what, name_a_column});
    return nullptr;
  };
  if (candidates.empty())
    return refuse(chosen.empty()
                      ? "no column of location_cm holds the regions' codes"
                      : fmt::format("location_cm has no column \"{}\" with the regions' codes",
                                    printable(chosen)));
  if (candidates.size() > 1) {
    std::vector<std::string> names;
    std::ranges::transform(candidates, std::back_inserter(names), [](const LocationColumn* column) {
      return described(*column);
    });
    return refuse("several columns of location_cm hold the regions' codes: " +
                  base::join(names, ", "));
  }
  const LocationColumn& column = *candidates.front();
  if (!chosen.empty())
    return &column;
  for (const std::string& code : owners.codes)
    if (!contains(column.codes, code))
      return refuse(
          fmt::format("column {} of location_cm holds codes, but none of region {}: it "
                      "may mean something else",
                      printable(column.name),
                      printable(code)));
  if (may_be_a_flag(column, owners.codes))
    return refuse(fmt::format("column {} of location_cm holds 0 and 1: they may be codes or flags",
                              printable(column.name)));
  if (!column.contradicted_by.empty())
    return refuse(
        fmt::format("column {} of location_cm holds codes, but column {} names other "
                    "regions in the same rows",
                    printable(column.name),
                    printable(column.contradicted_by)));
  return &column;
}

/// One region: the whole table. Several: by the one column that tells them apart.
std::string locations_scope(const TablesView& view,
                            const Owners& owners,
                            const std::string& code,
                            const std::string& chosen,
                            bool clear,
                            Scope& scope) {
  if (owners.codes.size() <= 1 || view.location_rows == 0)
    return "1";
  const LocationColumn* column = choose_column(view, owners, chosen, scope.obstacles);
  if (column == nullptr)
    return "0";
  if (column->rows_of_none == 0)
    return equals_text(column->name, code);
  std::vector<std::string> values = column->others;
  const bool too_many = values.size() > most_outside_values;
  if (too_many)
    values.resize(most_outside_values);
  std::vector<std::string> shown;
  std::ranges::transform(values, std::back_inserter(shown), [](const std::string& value) {
    return fmt::format("\"{}\"", printable(value));
  });
  if (column->has_null)
    shown.emplace_back("NULL");
  scope.outside.push_back(fmt::format("location_cm {} with {} {}{}",
                                      base::count_of(column->rows_of_none, "row"),
                                      printable(column->name),
                                      base::join(shown, ", "),
                                      too_many ? ", …" : ""));
  if (!clear)
    return equals_text(column->name, code);
  if (too_many)
    scope.obstacles.push_back(
        {fmt::format("location_cm has more than {} values of no region in column {}",
                     most_outside_values,
                     printable(column->name)),
         "--outside-rows keep leaves them; or " + std::string(name_a_column)});
  values.push_back(code);
  std::vector<std::string> conditions{in_texts(column->name, values)};
  if (column->has_null)
    conditions.push_back(quote_name(column->name) + " IS NULL");
  return any_of(conditions);
}

}  // namespace

Scope decide_scope(const TablesView& view,
                   const Databases& databases,
                   const std::string& code,
                   const std::vector<std::string>& nodes,
                   OutsideRows outside,
                   const std::string& location_column) {
  const bool clear = outside == OutsideRows::clear;
  const Owners owners(view, code, nodes);
  Scope scope;
  owners.list(scope);
  const std::string locations = locations_scope(view, owners, code, location_column, clear, scope);
  scope.sets = {{databases.rm, "cluster_info", regions_scope(view, code, clear)},
                {databases.cm, "resource_group", groups_scope(owners, code, clear)},
                {databases.cm, "host", hosts_scope(owners, nodes, clear)},
                {databases.cm, "location_cm", locations}};
  return scope;
}

}  // namespace omsctl::oms
