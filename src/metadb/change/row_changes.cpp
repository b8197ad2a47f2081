#include "omsctl/metadb/change/row_changes.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "omsctl/base/text.hpp"
#include "omsctl/metadb/copy/sections.hpp"
#include "omsctl/metadb/schema/literal.hpp"
#include "omsctl/metadb/transaction.hpp"

#include "references.hpp"
#include "restore_target.hpp"
#include "row_difference.hpp"
#include "row_key.hpp"

namespace omsctl::metadb {
namespace {

constexpr std::size_t longest_value = 60;

/// The bytes behind "_utf8mb4 0x6162"; the literal itself for all others.
std::string readable(std::string_view literal) {
  const std::size_t hex = literal.find("0x");
  if (!literal.starts_with('_') || hex == std::string_view::npos)
    return base::shortened(literal, longest_value);
  std::string text;
  for (std::size_t i = hex + 2; i + 1 < literal.size(); i += 2) {
    unsigned int byte = 0;
    std::from_chars(literal.data() + i, literal.data() + i + 2, byte, 16);
    text += static_cast<char>(byte);
  }
  if (!base::is_utf8(text))
    return base::shortened(literal.substr(hex), longest_value);
  return fmt::format("'{}'", base::shortened(base::printable(text), longest_value));
}

/// "id = 5" of a tuple, for people.
std::string shown_key(const Table& table, std::string_view tuple) {
  const std::vector<std::string_view> values = values_of(tuple);
  std::vector<std::string> parts;
  for (const std::string& name : table.key) {
    const auto column = std::ranges::find(table.columns, name, &Column::name);
    const auto index = static_cast<std::size_t>(column - table.columns.begin());
    parts.push_back(fmt::format("{} = {}", base::printable(name), readable(values.at(index))));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::vector<std::string> changed_columns(const Table& table,
                                         std::string_view saved,
                                         std::string_view live) {
  const std::vector<std::string_view> then = values_of(saved);
  const std::vector<std::string_view> now = values_of(live);
  std::vector<std::string> columns;
  for (std::size_t i = 0; i < std::min(then.size(), now.size()); ++i)
    if (then[i] != now[i])
      columns.push_back(table.columns.at(i).name);
  return columns;
}

/// The row with this key as it is now.
std::string live_tuple(Database& database, const Table& table, const std::string& key) {
  std::string live;
  stream_tuples(
      database, table, key, Lock::none, [&live](const std::string& tuple) { live = tuple; });
  return live;
}

void add_examples(Database& database,
                  const RestoreTarget& target,
                  const Difference& difference,
                  RowChanges& changes) {
  const KeyOf key_of(target.table);
  std::size_t inserted = 0;
  std::size_t updated = 0;
  static_cast<void>(parse_file(target.file, [&](const RowsSection&, std::string_view tuple) {
    const std::string key = key_of(tuple);
    const Fate fate = difference.fate_of(key);
    if (fate == Fate::insert && inserted++ < most_examples)
      changes.examples.push_back({RowChange::Kind::inserted, shown_key(target.table, tuple), {}});
    if (fate == Fate::update && updated++ < most_examples)
      changes.examples.push_back(
          {RowChange::Kind::updated,
           shown_key(target.table, tuple),
           changed_columns(target.table, tuple, live_tuple(database, target.table, key))});
  }));
  const std::vector<std::string>& strangers = difference.strangers();
  for (std::size_t i = 0; i < std::min(strangers.size(), most_examples); ++i)
    changes.examples.push_back(
        {RowChange::Kind::deleted,
         shown_key(target.table, live_tuple(database, target.table, strangers[i])),
         {}});
}

RowChanges changes_of(Database& database, const RestoreTarget& target) {
  RowChanges changes{.database = target.saved.rows.database,
                     .table = target.saved.rows.table,
                     .saved = target.saved.digest.count,
                     .references_only = target.stays(),
                     .examples = {}};
  if (target.stays()) {
    changes.changed = count_lost_references(database, target.table, target.saved, target.file);
    return changes;
  }
  const Difference difference(database, target, Lock::none);
  if (difference.equal())
    return changes;
  if (target.table.key.empty()) {
    changes.keyless = true;
    changes.missing = changes.saved;
    changes.strangers = digest_of(database, target.table, target.where(), Lock::none).count;
    return changes;
  }
  changes.missing = difference.missing();
  changes.changed = difference.changed();
  changes.strangers = difference.strangers().size();
  add_examples(database, target, difference, changes);
  return changes;
}

}  // namespace

std::vector<RowChanges> compare_with_rows(Database& database,
                                          const std::filesystem::path& directory) {
  const std::vector<RestoreTarget> targets = read_targets(database, directory);
  Transaction transaction(database, "REPEATABLE READ");
  std::vector<RowChanges> all;
  all.reserve(targets.size());
  for (const RestoreTarget& target : targets)
    all.push_back(changes_of(database, target));
  transaction.commit();
  return all;
}

}  // namespace omsctl::metadb
