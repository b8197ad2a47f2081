#include "locations.hpp"

#include <algorithm>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "omsctl/base/lists.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/metadb/quote.hpp"

namespace omsctl::facts {
namespace {

using metadb::Database;
using metadb::quote_name;
using metadb::quote_text;
using metadb::Row;
using oms::LocationColumn;

std::uint64_t number_of(Database& database, const std::string& sql) {
  return std::stoull(database.value(sql).value_or("0"));
}

/// The column's value as oms::equals_text compares it.
std::string bytes_of(const std::string& column) {
  return fmt::format("BINARY CAST({} AS CHAR)", quote_name(column));
}

class Locations {
 public:
  Locations(Database& database, const std::string& schema, const oms::TablesView& view)
      : database_(database), name_(quote_name(schema, "location_cm")), schema_(schema) {
    for (const oms::RegionRow& region : view.regions)
      if (!region.code.empty()) {
        codes_.push_back(region.code);
        regions_.push_back(region);
      }
  }

  void read(const std::vector<std::string>& columns,
            const std::string& code,
            oms::TablesView& view);

 private:
  [[nodiscard]] LocationColumn look_at(const std::string& column, const std::string& code);
  void look_outside(LocationColumn& column);
  [[nodiscard]] bool select_the_same(const std::string& left,
                                     const std::string& right,
                                     const std::string& code);
  [[nodiscard]] bool contradict(const std::string& column, const std::string& naming);
  [[nodiscard]] std::vector<std::string> columns_of_names(const std::vector<std::string>& columns);
  [[nodiscard]] std::set<std::string> counters();

  Database& database_;
  std::string name_;
  std::string schema_;
  std::vector<std::string> codes_;
  std::vector<oms::RegionRow> regions_;
};

LocationColumn Locations::look_at(const std::string& column, const std::string& code) {
  LocationColumn found;
  found.name = column;
  const auto rows =
      database_.query(fmt::format("SELECT {0}, COUNT(*) FROM {1} WHERE {2} GROUP BY {0}",
                                  bytes_of(column),
                                  name_,
                                  oms::in_texts(column, codes_)));
  for (const Row& row : rows.rows) {
    found.codes.push_back(row.at(0).value_or(""));
    (found.codes.back() == code ? found.rows_of_region : found.rows_of_others) +=
        std::stoull(row.at(1).value_or("0"));
  }
  return found;
}

void Locations::look_outside(LocationColumn& column) {
  const std::uint64_t all = number_of(database_, "SELECT COUNT(*) FROM " + name_);
  column.rows_of_none = all - column.rows_of_region - column.rows_of_others;
  if (column.rows_of_none == 0)
    return;
  const auto rows = database_.query(fmt::format("SELECT DISTINCT {} FROM {} WHERE NOT {} LIMIT {}",
                                                bytes_of(column.name),
                                                name_,
                                                oms::in_texts(column.name, codes_),
                                                oms::most_outside_values + 1));
  for (const Row& row : rows.rows)
    column.others.push_back(row.at(0).value_or(""));
  column.has_null = number_of(database_,
                              fmt::format("SELECT COUNT(*) FROM {} WHERE {} IS NULL",
                                          name_,
                                          quote_name(column.name))) > 0;
}

/// By either column the same rows are this region's, and the same rows are no region's.
bool Locations::select_the_same(const std::string& left,
                                const std::string& right,
                                const std::string& code) {
  const auto differ = [&](const std::string& by_left, const std::string& by_right) {
    return fmt::format("COALESCE({}, 0) <> COALESCE({}, 0)", by_left, by_right);
  };
  return number_of(
             database_,
             fmt::format("SELECT COUNT(*) FROM {} WHERE {} OR {}",
                         name_,
                         differ(oms::equals_text(left, code), oms::equals_text(right, code)),
                         differ(oms::in_texts(left, codes_), oms::in_texts(right, codes_)))) == 0;
}

/// A row that holds one region's code and another region's name.
bool Locations::contradict(const std::string& column, const std::string& naming) {
  std::vector<std::string> conditions;
  for (const oms::RegionRow& region : regions_)
    if (!region.region.empty())
      conditions.push_back(fmt::format("({} AND {} AND NOT {})",
                                       oms::in_texts(column, codes_),
                                       oms::equals_text(naming, region.region),
                                       oms::equals_text(column, region.code)));
  return number_of(database_,
                   fmt::format(
                       "SELECT COUNT(*) FROM {} WHERE {}", name_, base::join(conditions, " OR "))) >
         0;
}

/// Those that hold a region's name, where names differ from codes.
std::vector<std::string> Locations::columns_of_names(const std::vector<std::string>& columns) {
  std::vector<std::string> names;
  for (const oms::RegionRow& region : regions_)
    if (!region.region.empty() && !base::contains(codes_, region.region))
      names.push_back(region.region);
  std::vector<std::string> found;
  for (const std::string& column : columns)
    if (!names.empty() &&
        number_of(database_,
                  fmt::format(
                      "SELECT COUNT(*) FROM {} WHERE {}", name_, oms::in_texts(column, names))) > 0)
      found.push_back(column);
  return found;
}

std::set<std::string> Locations::counters() {
  std::set<std::string> names;
  const auto rows = database_.query(fmt::format(
      "SELECT COLUMN_NAME, EXTRA FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = {} AND "
      "TABLE_NAME = 'location_cm'",
      quote_text(schema_)));
  for (const Row& row : rows.rows)
    if (row.at(1).value_or("").find("auto_increment") != std::string::npos)
      names.insert(row.at(0).value_or(""));
  return names;
}

void Locations::read(const std::vector<std::string>& columns,
                     const std::string& code,
                     oms::TablesView& view) {
  const std::set<std::string> counting = counters();
  const std::vector<std::string> naming = columns_of_names(columns);
  for (const std::string& name : columns) {
    LocationColumn column = look_at(name, code);
    if (column.codes.empty())
      continue;
    look_outside(column);
    column.counts = counting.contains(name);
    for (const LocationColumn& earlier : view.location_columns)
      if (earlier.same_as.empty() && !earlier.counts && select_the_same(earlier.name, name, code))
        column.same_as = earlier.name;
    for (const std::string& witness : naming)
      if (witness != name && contradict(name, witness))
        column.contradicted_by = witness;
    view.location_columns.push_back(std::move(column));
  }
}

}  // namespace

void read_locations(Database& database,
                    const oms::Databases& names,
                    const std::string& code,
                    MetadbFacts& facts) {
  const TableFacts* table = facts.table("location_cm");
  if (table == nullptr || !table->exists || !table->missing_privileges.empty())
    return;
  facts.view.location_rows =
      number_of(database, "SELECT COUNT(*) FROM " + quote_name(names.cm, "location_cm"));
  const auto regions = std::ranges::count_if(
      facts.view.regions, [](const oms::RegionRow& region) { return !region.code.empty(); });
  if (regions > 1 && facts.view.location_rows > 0)
    Locations(database, names.cm, facts.view).read(table->columns, code, facts.view);
}

}  // namespace omsctl::facts
