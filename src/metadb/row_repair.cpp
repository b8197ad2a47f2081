#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "omsctl/base/digest.hpp"

#include "row_insert.hpp"
#include "row_key.hpp"

namespace omsctl::metadb {
namespace {

std::string update_of(const Table& table, std::string_view tuple, const std::string& key) {
  const std::vector<std::string_view> values = values_of(tuple);
  std::vector<std::string> settings;
  for (std::size_t i = 0; i < table.columns.size(); ++i)
    if (!table.columns[i].generated)
      settings.push_back(fmt::format("{} = {}", quote_name(table.columns[i].name), values.at(i)));
  return fmt::format("UPDATE {} SET {} WHERE {}", table.quoted(), fmt::join(settings, ", "), key);
}

/// How the live rows differ from the saved ones.
struct Difference {
  std::unordered_map<std::string, std::string> missing;  ///< key → hash; at first all saved rows
  std::unordered_set<std::string> changed;
  std::vector<std::string> strangers;
};

Difference compare(Database& database,
                   const std::filesystem::path& file,
                   const Table& table,
                   const std::string& where,
                   const KeyOf& key_of) {
  Difference difference;
  static_cast<void>(parse_file(file, [&](const RowsSection&, std::string_view tuple) {
    difference.missing.emplace(key_of(tuple), base::sha256(tuple));
  }));
  stream_tuples(database, table, where, Lock::none, [&](const std::string& tuple) {
    std::string key = key_of(tuple);
    const auto saved = difference.missing.find(key);
    if (saved == difference.missing.end()) {
      difference.strangers.push_back(std::move(key));
      return;
    }
    if (saved->second != base::sha256(tuple))
      difference.changed.insert(std::move(key));
    difference.missing.erase(saved);
  });
  return difference;
}

}  // namespace

bool repair_rows(Database& database,
                 const std::filesystem::path& file,
                 const Table& table,
                 const std::string& where) {
  if (table.key.empty())
    return false;
  const KeyOf key_of(table);
  const Difference difference = compare(database, file, table, where, key_of);
  for (const std::string& key : difference.strangers)
    database.execute(fmt::format("DELETE FROM {} WHERE {}", table.quoted(), key));
  const std::string prefix = table.insert_prefix(table.quoted());
  static_cast<void>(parse_file(file, [&](const RowsSection&, std::string_view tuple) {
    const std::string key = key_of(tuple);
    if (difference.changed.contains(key))
      database.execute(update_of(table, tuple, key));
    else if (difference.missing.contains(key))
      database.execute(fmt::format("{} {}", prefix, insertable(tuple)));
  }));
  return true;
}

}  // namespace omsctl::metadb
