#include "row_restore.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "omsctl/base/error.hpp"
#include "omsctl/metadb/copy/sections.hpp"
#include "omsctl/metadb/failure.hpp"
#include "omsctl/metadb/quote.hpp"

#include "order.hpp"
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

/// Another row is in the way, which may be gone or changed in a moment.
bool is_about_another_row(unsigned int number) {
  return number == duplicate_key || number == no_parent_row || number == no_parent_row_unnamed ||
         number == referred_to || number == referred_to_unnamed;
}

TableName name_of(const RestoreTarget& target) {
  return name_of(target.saved.rows);
}

}  // namespace

RowRestore::RowRestore(Database& database,
                       const std::vector<RestoreTarget>& targets,
                       const std::vector<ForeignKey>& keys)
    : database_(database), targets_(targets), keys_(keys), displacing_(targets.size(), false) {
  for (const RestoreTarget& target : targets)
    if (target.stays())
      emptied_.push_back(target.saved.rows);
}

bool RowRestore::run() {
  if (!round()) {
    make_way();
    if (!round())
      give_up();
  }
  return differed_;
}

/// True when nothing waits any more.
bool RowRestore::round() {
  waiting_.clear();
  if (compare())
    return true;
  differed_ = true;
  if (clear_keyless())
    static_cast<void>(compare());
  delete_strangers();
  for (std::size_t i = 0; i < targets_.size(); ++i)
    if (!targets_[i].stays() && !differences_[i].equal())
      write_rows(i);
  while (!waiting_.empty())
    if (!retry())
      return false;
  return true;
}

/// True when all is equal.
bool RowRestore::compare() {
  differences_.clear();
  bool equal = true;
  for (const RestoreTarget& target : targets_) {
    if (target.stays()) {
      differences_.emplace_back();
      continue;
    }
    differences_.emplace_back(database_, target, Lock::for_update);
    equal = equal && differences_.back().equal();
  }
  return equal;
}

/// Without a key nobody can say which of two rows is which: all of them make way for the saved
/// ones.
bool RowRestore::clear_keyless() {
  bool any = false;
  for (std::size_t i = targets_.size(); i-- > 0;)
    if (!targets_[i].stays() && targets_[i].table.key.empty() && !differences_[i].equal()) {
      displace(i, targets_[i].where());
      any = true;
    }
  return any;
}

void RowRestore::delete_strangers() {
  for (std::size_t i = targets_.size(); i-- > 0;)
    for (const std::string& key : differences_[i].strangers())
      attempt_or_wait({.target = i, .fate = Fate::leave, .key = key, .tuple = {}});
}

void RowRestore::write_rows(std::size_t target) {
  const Table& table = targets_[target].table;
  const KeyOf key_of(table);
  const std::size_t prefix = table.insert_prefix(table.quoted()).size();
  std::vector<std::string> batch;
  std::size_t size = prefix;
  static_cast<void>(
      parse_file(targets_[target].file, [&](const RowsSection&, std::string_view tuple) {
        const std::string key = key_of(tuple);
        const Fate fate = differences_[target].fate_of(key);
        if (fate == Fate::update)
          attempt_or_wait({target, fate, key, std::string(tuple)});
        if (fate != Fate::insert)
          return;
        if (size + tuple.size() >= largest_batch) {
          flush(target, batch);
          size = prefix;
        }
        batch.emplace_back(tuple);
        size += tuple.size() + 1;
      }));
  flush(target, batch);
}

void RowRestore::flush(std::size_t target, std::vector<std::string>& batch) {
  const Table& table = targets_[target].table;
  std::vector<std::string_view> values;
  std::ranges::transform(batch, std::back_inserter(values), [](const std::string& tuple) {
    return insertable(tuple);
  });
  if (!batch.empty() &&
      !goes_in(fmt::format("{} {}", table.insert_prefix(table.quoted()), fmt::join(values, ",")))) {
    const KeyOf key_of(table);
    for (std::string& tuple : batch)
      attempt_or_wait({target, Fate::insert, key_of(tuple), std::move(tuple)});
  }
  batch.clear();
}

/// All that waits, once more. False when that changed nothing.
bool RowRestore::retry() {
  const std::vector<Waiting> before = std::exchange(waiting_, {});
  for (const Waiting& waiting : before)
    attempt_or_wait(waiting);
  return waiting_.size() < before.size();
}

/// Changed rows that cannot be changed in place are deleted: the next round inserts them.
void RowRestore::make_way() {
  for (const Waiting& waiting : std::exchange(waiting_, {}))
    if (waiting.fate == Fate::update)
      displace(waiting.target, waiting.key);
}

/// Deletes the rows where `condition` holds, those of the other sets that refer to them first.
void RowRestore::displace(std::size_t target, const std::string& condition) {
  if (displacing_[target])
    return;
  displacing_[target] = true;
  const RestoreTarget& displaced = targets_[target];
  const std::string where = displaced.table.key.empty() ? displaced.where() : condition;
  for (const ForeignKey& key : keys_) {
    if (key.parent != name_of(displaced) || key.child == key.parent)
      continue;
    for (const std::size_t child : sets_of(key.child))
      displace(child, fmt::format("({}) AND {}", targets_[child].where(), key.refers_to(where)));
  }
  delete_scope(database_, displaced.table, where, keys_, emptied_);
  displacing_[target] = false;
}

/// Says why with the words of the server, or by what would follow. A missing row is nearer to the
/// cause than one that waits for it.
void RowRestore::give_up() {
  const auto insert = std::ranges::find(waiting_, Fate::insert, &Waiting::fate);
  const Waiting& first = insert == waiting_.end() ? waiting_.front() : *insert;
  if (first.is_stranger())
    static_cast<void>(is_followed(first, true));
  database_.execute(statement_of(first));
  throw base::Error(base::Code::stopped,
                    fmt::format("the rows of {} cannot be put back one after the other; nothing "
                                "was changed",
                                targets_[first.target].table.quoted()),
                    "another session changes them: see SHOW PROCESSLIST");
}

void RowRestore::attempt_or_wait(Waiting waiting) {
  if (!attempt(waiting))
    waiting_.push_back(std::move(waiting));
}

bool RowRestore::attempt(const Waiting& waiting) {
  if (waiting.is_stranger() && is_followed(waiting, false))
    return false;
  return goes_in(statement_of(waiting)) || (waiting.fate == Fate::insert && is_there(waiting));
}

bool RowRestore::goes_in(const std::string& statement) {
  try {
    database_.execute(statement);
    return true;
  } catch (const DatabaseError& error) {
    if (!is_about_another_row(error.number()))
      throw;
    return false;
  }
}

/// As it was saved, but outside of the set while the rows that the predicate reads are missing.
bool RowRestore::is_there(const Waiting& waiting) {
  const Table& table = targets_[waiting.target].table;
  bool same = false;
  if (!table.key.empty())
    stream_tuples(database_, table, waiting.key, Lock::for_update, [&](const std::string& tuple) {
      same = tuple == waiting.tuple;
    });
  return same;
}

/// Whether rows would follow a stranger that may get another parent yet; those that will not stop
/// the restore.
bool RowRestore::is_followed(const Waiting& stranger, bool last_word) {
  bool followed = false;
  for (const ForeignKey& key : keys_) {
    if (key.parent != name_of(targets_[stranger.target]))
      continue;
    const std::uint64_t count = count_followers(database_, key, stranger.key, emptied_);
    if (count > 0 && (last_word || sets_of(key.child).empty()))
      refuse_followers(key, count);
    followed = followed || count > 0;
  }
  return followed;
}

std::string RowRestore::statement_of(const Waiting& waiting) const {
  const Table& table = targets_[waiting.target].table;
  switch (waiting.fate) {
    case Fate::leave:
      return fmt::format("DELETE FROM {} WHERE {}", table.quoted(), waiting.key);
    case Fate::update:
      return update_of(table, waiting.tuple, waiting.key);
    case Fate::insert:
      break;
  }
  return fmt::format("{} {}", table.insert_prefix(table.quoted()), insertable(waiting.tuple));
}

/// Indices of the sets of a table whose rows come back; a table may be in several.
std::vector<std::size_t> RowRestore::sets_of(const TableName& table) const {
  std::vector<std::size_t> sets;
  for (std::size_t i = 0; i < targets_.size(); ++i)
    if (!targets_[i].stays() && name_of(targets_[i]) == table)
      sets.push_back(i);
  return sets;
}

}  // namespace omsctl::metadb
