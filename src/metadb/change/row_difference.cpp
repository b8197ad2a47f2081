#include "row_difference.hpp"

#include "omsctl/base/digest.hpp"
#include "omsctl/metadb/copy/sections.hpp"

#include "row_key.hpp"

namespace omsctl::metadb {

Difference::Difference(Database& database, const RestoreTarget& target, Lock lock) {
  // Equal is the usual answer of all tables but one, and needs no memory.
  equal_ = digest_of(database, target.table, target.where(), lock) == target.saved.digest;
  if (equal_ || target.table.key.empty())
    return;
  read_live(database, target, lock);
  read_saved(target);
}

void Difference::read_live(Database& database, const RestoreTarget& target, Lock lock) {
  const KeyOf key_of(target.table);
  stream_tuples(database, target.table, target.where(), lock, [&](const std::string& tuple) {
    live_.insert_or_assign(key_of(tuple), std::pair(base::sha256(tuple), State::stranger));
  });
}

void Difference::read_saved(const RestoreTarget& target) {
  const KeyOf key_of(target.table);
  static_cast<void>(parse_file(target.file, [&](const RowsSection&, std::string_view tuple) {
    const auto found = live_.find(key_of(tuple));
    if (found == live_.end()) {
      ++missing_;
      return;
    }
    const bool same = found->second.first == base::sha256(tuple);
    found->second.second = same ? State::same : State::changed;
    changed_ += same ? 0U : 1U;
  }));
  for (const auto& [key, row] : live_)
    if (row.second == State::stranger)
      strangers_.push_back(key);
}

Fate Difference::fate_of(const std::string& key) const {
  const auto found = live_.find(key);
  if (found == live_.end())
    return Fate::insert;
  return found->second.second == State::changed ? Fate::update : Fate::leave;
}

}  // namespace omsctl::metadb
