#include "omsctl/metadb/change/dependents.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "omsctl/metadb/copy/row_stream.hpp"
#include "omsctl/metadb/quote.hpp"
#include "omsctl/metadb/schema/foreign_keys.hpp"
#include "omsctl/metadb/schema/stored_code.hpp"
#include "omsctl/metadb/schema/table.hpp"

namespace omsctl::metadb {
namespace {

/// Keys of rows as tuples of literals: "(5,_utf8mb4 0x61)".
using Keys = std::set<std::string>;

std::string plain(const TableName& name) {
  return name.database + "." + name.table;
}

/// Rows that CASCADE deletes from one table.
struct Cascaded {
  TableName name;
  Keys keys;
};

class Finder {
 public:
  Finder(Database& database, const std::vector<RowSet>& sets)
      : database_(database), sets_(sets), deleted_(sets) {}
  Dependents find();

 private:
  void follow(const ForeignKey& key, const RowSet& parents);
  void judge(const ForeignKey& key, const RowSet& parents);
  void judge_itself(const ForeignKey& key, const RowSet& parents);
  void refuse_circles();
  void list_triggers();
  [[nodiscard]] std::vector<ForeignKey> keys_to(const TableName& parent);
  [[nodiscard]] const Table& keyed(const TableName& name);
  [[nodiscard]] std::string left_behind(const ForeignKey& key, const RowSet& parents);
  [[nodiscard]] std::string fix_of(const ForeignKey& key);
  [[nodiscard]] std::string why_not(const ForeignKey& key, std::uint64_t rows);
  [[nodiscard]] std::string why_not_emptied(const ForeignKey& key);
  [[nodiscard]] std::string missing_privilege(const ForeignKey& key);
  [[nodiscard]] std::uint64_t count(const TableName& name, const std::string& where);
  [[nodiscard]] Keys read_keys(const TableName& name, const std::string& where, std::size_t limit);
  void report(const ForeignKey& key,
              const std::string& where,
              std::uint64_t rows,
              std::string problem);
  [[nodiscard]] bool is_ours(const TableName& name) const {
    return std::ranges::any_of(sets_, [&](const RowSet& set) { return name_of(set) == name; });
  }

  Database& database_;
  const std::vector<RowSet>& sets_;
  std::vector<RowSet> deleted_;     ///< `sets_`, then wave after wave what CASCADE adds
  std::vector<Cascaded> cascaded_;  ///< the same, by table
  std::map<std::string, Table> tables_;
  Dependents answer_;
};

RowSet set_of(const Table& table, const Keys& keys, std::vector<std::string> emptied = {}) {
  return {table.database,
          table.name,
          fmt::format("({}) IN ({})", list_of(table.key), fmt::join(keys, ",")),
          std::move(emptied)};
}

std::vector<ForeignKey> Finder::keys_to(const TableName& parent) {
  // The other names tell how the caller spells them, where case means nothing.
  std::vector<TableName> names{parent};
  for (const RowSet& set : sets_)
    names.push_back(name_of(set));
  std::vector<ForeignKey> keys = foreign_keys_around(database_, names);
  std::erase_if(keys, [&](const ForeignKey& key) { return key.parent != parent; });
  return keys;
}

/// The table with its key's columns alone; with no key when a row cannot be told by it.
const Table& Finder::keyed(const TableName& name) {
  const auto known = tables_.find(name.quoted());
  if (known != tables_.end())
    return known->second;
  Table table = read_table(database_, name.database, name.table);
  std::vector<Column> columns;
  for (const std::string& part : table.key)
    columns.push_back(*std::ranges::find(table.columns, part, &Column::name));
  if (std::ranges::any_of(columns, &Column::generated))
    table.key.clear();
  table.columns = std::move(columns);
  return tables_.emplace(name.quoted(), std::move(table)).first->second;
}

/// True for rows that refer to `parents` and are not to be deleted themselves.
std::string Finder::left_behind(const ForeignKey& key, const RowSet& parents) {
  std::string condition = key.refers_to(parents.where);
  for (const RowSet& set : deleted_)
    if (name_of(set) == key.child)
      condition += fmt::format(" AND COALESCE(({}), 0) = 0", set.where);
  return condition;
}

std::uint64_t Finder::count(const TableName& name, const std::string& where) {
  return std::stoull(
      database_.value(fmt::format("SELECT COUNT(*) FROM {} WHERE {}", name.quoted(), where))
          .value_or("0"));
}

Keys Finder::read_keys(const TableName& name, const std::string& where, std::size_t limit) {
  Keys keys;
  const Table& table = keyed(name);
  if (!table.key.empty())
    stream_tuples(
        database_,
        table,
        where,
        Lock::none,
        [&keys](const std::string& tuple) { keys.insert(tuple); },
        limit);
  return keys;
}

std::string Finder::missing_privilege(const ForeignKey& key) {
  const std::string table = key.child.quoted();
  std::vector<std::string> statements{fmt::format("SELECT * FROM {} WHERE 0 = 1", table)};
  if (key.on_delete == "CASCADE") {
    statements.push_back(fmt::format("DELETE FROM {} WHERE 0 = 1", table));
    // Named columns: MySQL refuses a value for a generated one even where no row is inserted.
    statements.push_back(fmt::format("INSERT INTO {0} ({1}) SELECT {1} FROM {0} WHERE 0 = 1",
                                     table,
                                     list_of(keyed(key.child).key)));
  } else {
    const std::string column = quote_name(key.columns.front());
    statements.push_back(fmt::format("UPDATE {0} SET {1} = {1} WHERE 0 = 1", table, column));
  }
  for (const std::string& statement : statements)
    try {
      static_cast<void>(database_.query("EXPLAIN " + statement));
    } catch (const DatabaseError& error) {
      if (error.lost())
        throw;
      return fmt::format("they could not be put back: {}", error.what());
    }
  return {};
}

std::string Finder::why_not_emptied(const ForeignKey& key) {
  if (key.child == key.parent)
    return "they are rows of the same table, which it would have to be put back with";
  const std::vector<ForeignKey> further = keys_to(key.child);
  const bool referred = std::ranges::any_of(further, [&](const ForeignKey& next) {
    return std::ranges::any_of(next.referenced, [&](const std::string& column) {
      return std::ranges::find(key.columns, column) != key.columns.end();
    });
  });
  return referred ? "other tables refer to the column that would be emptied" : "";
}

/// Why these rows cannot join; empty when they can.
std::string Finder::why_not(const ForeignKey& key, std::uint64_t rows) {
  if (is_ours(key.child))
    return "they are not to be deleted themselves: they belong to another region, or to none";
  if (key.restricts())
    return "the server will not delete what they refer to";
  if (key.on_delete.empty())
    return "the server does not tell this user what happens to them (grant SELECT there)";
  if (key.on_delete != "CASCADE" && key.on_delete != "SET NULL")
    return "omsctl could not put them back exactly";
  if (keyed(key.child).key.empty())
    return "the table has no key by which these rows could be found again";
  if (rows > most_dependents)
    return fmt::format("more than {} rows of one table", most_dependents);
  if (key.on_delete == "SET NULL")
    if (std::string reason = why_not_emptied(key); !reason.empty())
      return reason;
  return missing_privilege(key);
}

/// What an operator can do about it.
std::string Finder::fix_of(const ForeignKey& key) {
  if (is_ours(key.child) && key.child == key.parent)
    return "let these rows refer to none (NULL) before the run; see also whose they are: a row of "
           "another region, or of none, must not refer to this region's";
  if (is_ours(key.child))
    return "a row of another region, or of none, must not refer to this region's: look at it with "
           "whoever owns it";
  if (key.on_delete.empty())
    return fmt::format("GRANT SELECT ON {} to oms_meta_user", key.child.quoted());
  if (keyed(key.child).key.empty())
    return "give the table a primary key, or let these rows refer to others, before the run";
  return "let these rows refer to others, or delete them if they are no longer needed, before the "
         "run";
}

void Finder::report(const ForeignKey& key,
                    const std::string& where,
                    std::uint64_t rows,
                    std::string problem) {
  for (Dependent& known : answer_.found)
    if (known.table == plain(key.child) && known.constraint == key.name &&
        known.problem == problem) {
      known.rows += rows;
      return;
    }
  Dependent dependent{.table = plain(key.child),
                      .parent = plain(key.parent),
                      .constraint = key.name,
                      .rule = key.on_delete,
                      .rows = rows,
                      .example = {},
                      .problem = std::move(problem),
                      .fix = fix_of(key)};
  for (const std::string& example : read_keys(key.child, where, 1))
    dependent.example = fmt::format("({}) = {}", list_of(keyed(key.child).key), example);
  answer_.found.push_back(std::move(dependent));
}

/// One step of CASCADE: what refers to `parents` is deleted too.
void Finder::follow(const ForeignKey& key, const RowSet& parents) {
  const std::string where = left_behind(key, parents);
  const std::uint64_t rows = count(key.child, where);
  if (rows == 0)
    return;
  auto known = std::ranges::find(cascaded_, key.child, &Cascaded::name);
  const std::uint64_t before = known == cascaded_.end() ? 0 : known->keys.size();
  const std::string problem = why_not(key, before + rows);
  report(key, where, rows, problem);
  if (!problem.empty())
    return;
  const Keys keys = read_keys(key.child, where, 0);
  if (known == cascaded_.end())
    known = cascaded_.insert(cascaded_.end(), {key.child, {}});
  known->keys.insert(keys.begin(), keys.end());
  deleted_.push_back(set_of(keyed(key.child), keys));
}

/// What refers to `parents` by another rule than CASCADE, once all that is deleted is known.
void Finder::judge(const ForeignKey& key, const RowSet& parents) {
  const std::string where = left_behind(key, parents);
  const std::uint64_t rows = count(key.child, where);
  if (rows == 0)
    return;
  const std::string problem = why_not(key, rows);
  report(key, where, rows, problem);
  if (problem.empty())
    answer_.sets.push_back(set_of(keyed(key.child), read_keys(key.child, where, 0), key.columns));
}

/// InnoDB restricts a row that refers to itself too: the delete would fail on it.
void Finder::judge_itself(const ForeignKey& key, const RowSet& parents) {
  std::vector<std::string> itself;
  for (std::size_t i = 0; i < key.columns.size(); ++i)
    itself.push_back(
        fmt::format("{} = {}", quote_name(key.columns[i]), quote_name(key.referenced[i])));
  const std::string where = fmt::format("({}) AND {}", parents.where, fmt::join(itself, " AND "));
  if (const std::uint64_t rows = count(key.child, where); rows > 0)
    report(key, where, rows, "the server will not delete a row that refers to itself");
}

/// Children are deleted before their parents, and there is no such order in a circle.
void Finder::refuse_circles() {
  std::vector<TableName> names;
  for (const RowSet& set : sets_)
    names.push_back(name_of(set));
  for (const Cascaded& some : cascaded_)
    names.push_back(some.name);
  const std::vector<ForeignKey> keys = foreign_keys_around(database_, names);
  std::vector<TableName> placed;
  for (const std::size_t index : parents_first(names, keys)) {
    for (const ForeignKey& key : keys) {
      const bool too_early = key.child == names[index] && key.parent != key.child &&
                             std::ranges::find(names, key.parent) != names.end() &&
                             std::ranges::find(placed, key.parent) == placed.end();
      const std::string all = fmt::format("({}) IS NOT NULL", quote_name(key.columns.front()));
      if (const std::uint64_t rows = too_early ? count(key.child, all) : 0; rows > 0)
        report(key, all, rows, "the tables refer to each other in a circle");
    }
    placed.push_back(names[index]);
  }
}

void Finder::list_triggers() {
  for (const RowSet& set : answer_.sets)
    for (const TriggerName& trigger : triggers_of(database_, set.database, set.table)) {
      std::string line = fmt::format("{}.{}: {}", set.database, set.table, describe(trigger));
      if (std::ranges::find(answer_.triggers, line) == answer_.triggers.end())
        answer_.triggers.push_back(std::move(line));
    }
}

Dependents Finder::find() {
  std::size_t next = 0;
  while (next < deleted_.size()) {  // which follow() adds to
    const RowSet parents = deleted_[next++];
    for (const ForeignKey& key : keys_to(name_of(parents)))
      if (key.on_delete == "CASCADE")
        follow(key, parents);
  }
  for (const Cascaded& some : cascaded_)
    answer_.sets.push_back(set_of(keyed(some.name), some.keys));
  std::vector<RowSet> all = sets_;
  all.insert(all.end(), answer_.sets.begin(), answer_.sets.end());
  for (const RowSet& parents : all)
    for (const ForeignKey& key : keys_to(name_of(parents)))
      if (key.on_delete != "CASCADE") {
        judge(key, parents);
        if (key.restricts() && key.child == key.parent)
          judge_itself(key, parents);
      }
  refuse_circles();
  list_triggers();
  return std::move(answer_);
}

}  // namespace

Dependents find_dependents(Database& database, const std::vector<RowSet>& sets) {
  return Finder(database, sets).find();
}

}  // namespace omsctl::metadb
