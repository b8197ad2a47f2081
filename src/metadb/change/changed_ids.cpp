#include "omsctl/metadb/change/changed_ids.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "omsctl/metadb/copy/manifest.hpp"
#include "omsctl/metadb/copy/row_stream.hpp"
#include "omsctl/metadb/copy/sections.hpp"
#include "omsctl/metadb/copy/snapshot.hpp"
#include "omsctl/metadb/quote.hpp"
#include "omsctl/metadb/schema/foreign_keys.hpp"
#include "omsctl/metadb/schema/literal.hpp"
#include "omsctl/metadb/schema/table.hpp"

namespace omsctl::metadb {
namespace {

/// name → ids, both as text.
using Ids = std::map<std::string, std::set<std::string>>;

int value_of(char hex) {
  return std::isdigit(static_cast<unsigned char>(hex)) != 0 ? hex - '0' : hex - 'A' + 10;
}

/// A literal of ours as a person reads it: "5", "10.0.0.1". Text in other character sets than UTF-8
/// is shown as its bytes.
std::string text_of(std::string_view literal) {
  if (literal.starts_with('\''))
    return std::string(literal.substr(1, literal.size() - 2));
  const std::size_t at = literal.find("0x");
  if (at == std::string_view::npos)
    return std::string(literal);
  std::string text;
  for (std::size_t i = at + 2; i + 1 < literal.size(); i += 2)
    text += static_cast<char>(value_of(literal[i]) * 16 + value_of(literal[i + 1]));
  return text;
}

std::string lower_case(std::string text) {
  std::ranges::transform(
      text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

/// Where a column stands among a tuple's values, if it is there.
std::optional<std::size_t> position_of(const Table& table, const std::string& name) {
  const auto found = std::ranges::find_if(table.columns, [&](const Column& column) {
    return lower_case(column.name) == lower_case(name);
  });
  if (found == table.columns.end())
    return std::nullopt;
  return static_cast<std::size_t>(found - table.columns.begin());
}

void add_to(Ids& ids, const Table& table, const NamedIds& wanted, std::string_view tuple) {
  const auto name = position_of(table, wanted.name_column);
  const auto id = position_of(table, wanted.id_column);
  if (!name || !id)
    return;
  const std::vector<std::string_view> values = values_of(tuple);
  ids[text_of(values.at(*name))].insert(text_of(values.at(*id)));
}

Ids saved_ids(const std::filesystem::path& snapshot, const NamedIds& wanted) {
  Ids ids;
  for (const SavedRows& saved : verify_snapshot(snapshot).tables)
    if (saved.rows.database == wanted.database && saved.rows.table == wanted.table)
      static_cast<void>(parse_file(snapshot / saved.rows_file,
                                   [&](const RowsSection& section, std::string_view tuple) {
                                     add_to(ids, section.table, wanted, tuple);
                                   }));
  return ids;
}

Ids ids_of_today(Database& database, const NamedIds& wanted) {
  Ids ids;
  const Table table = read_table(database, wanted.database, wanted.table);
  stream_tuples(database, table, "1", Lock::none, [&](const std::string& tuple) {
    add_to(ids, table, wanted, tuple);
  });
  return ids;
}

struct Place {
  TableName table;
  std::string column;
  [[nodiscard]] bool operator==(const Place&) const = default;
};

bool is_called_like(const std::string& column, const std::string& reference) {
  const std::string name = lower_case(column);
  return name == reference || name.ends_with("_" + reference);
}

std::vector<Place> places_of(Database& database,
                             const NamedIds& wanted,
                             const std::vector<std::string>& databases) {
  std::vector<Place> places;
  const TableName itself{wanted.database, wanted.table};
  for (const ForeignKey& key : foreign_keys_around(database, {itself}))
    if (key.parent == itself && key.columns.size() == 1 &&
        lower_case(key.referenced.front()) == lower_case(wanted.id_column))
      places.push_back({key.child, key.columns.front()});
  std::vector<std::string> schemas;
  std::ranges::transform(databases, std::back_inserter(schemas), quote_text);
  const Rows rows = database.query(fmt::format(
      "SELECT c.TABLE_SCHEMA, c.TABLE_NAME, c.COLUMN_NAME FROM information_schema.COLUMNS c JOIN "
      "information_schema.TABLES t ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = "
      "c.TABLE_NAME WHERE t.TABLE_TYPE = 'BASE TABLE' AND c.TABLE_SCHEMA IN ({}) ORDER BY 1, 2, 3",
      fmt::join(schemas, ", ")));
  for (const Row& row : rows.rows) {
    const Place place{{row.at(0).value_or(""), row.at(1).value_or("")}, row.at(2).value_or("")};
    if (is_called_like(place.column, wanted.reference) &&
        std::ranges::find(places, place) == places.end())
      places.push_back(place);
  }
  return places;
}

/// Asks each place once, for all old ids.
void find_holders(Database& database,
                  const std::vector<Place>& places,
                  std::vector<ChangedId>& changed) {
  std::set<std::string> literals;
  for (const ChangedId& change : changed)
    for (const std::string& id : change.old_ids)
      literals.insert(quote_text(id));
  if (literals.empty())
    return;
  for (const Place& place : places) {
    const std::string value = fmt::format("BINARY CAST({} AS CHAR)", quote_name(place.column));
    const Rows rows =
        database.query(fmt::format("SELECT {0}, COUNT(*) FROM {1} WHERE {0} IN ({2}) GROUP BY {0}",
                                   value,
                                   place.table.quoted(),
                                   fmt::join(literals, ", ")));
    for (const Row& row : rows.rows)
      for (ChangedId& change : changed)
        if (std::ranges::find(change.old_ids, row.at(0).value_or("")) != change.old_ids.end())
          change.holders.push_back(
              {fmt::format("{}.{}.{}", place.table.database, place.table.table, place.column),
               std::stoull(row.at(1).value_or("0"))});
  }
}

std::vector<ChangedId> compare(const NamedIds& wanted, const Ids& then, const Ids& now) {
  std::vector<ChangedId> changed;
  for (const auto& [name, ids] : then) {
    const auto found = now.find(name);
    ChangedId change{.table = wanted.database + "." + wanted.table,
                     .name = name,
                     .old_ids = {},
                     .new_ids = {},
                     .holders = {}};
    if (found != now.end())
      change.new_ids.assign(found->second.begin(), found->second.end());
    for (const std::string& id : ids)
      if (std::ranges::find(change.new_ids, id) == change.new_ids.end())
        change.old_ids.push_back(id);
    if (!change.old_ids.empty())
      changed.push_back(std::move(change));
  }
  return changed;
}

}  // namespace

std::vector<ChangedId> changed_ids(Database& database,
                                   const std::filesystem::path& snapshot,
                                   const std::vector<NamedIds>& tables,
                                   const std::vector<std::string>& databases) {
  std::vector<ChangedId> all;
  for (const NamedIds& wanted : tables) {
    std::vector<ChangedId> changed =
        compare(wanted, saved_ids(snapshot, wanted), ids_of_today(database, wanted));
    if (!changed.empty())
      find_holders(database, places_of(database, wanted, databases), changed);
    all.insert(all.end(), changed.begin(), changed.end());
  }
  return all;
}

}  // namespace omsctl::metadb
