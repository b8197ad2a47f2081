/// Saved rows put back into tables whose rows are partly there.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "omsctl/metadb/database.hpp"
#include "omsctl/metadb/row_set.hpp"
#include "omsctl/metadb/rows.hpp"
#include "omsctl/metadb/schema/foreign_keys.hpp"

#include "restore_target.hpp"
#include "row_difference.hpp"

namespace omsctl::metadb {

/// Makes the rows of all sets those that were saved, and touches none that is so already: strangers
/// deleted, children first; missing rows inserted and changed ones updated, parents first. A
/// statement that the server refuses because of another row (a foreign key, a unique value) waits
/// until the others are through. Rows that still stand in each other's way (two that swapped a
/// unique value) are deleted and inserted. Foreign keys stay checked throughout.
class RowRestore {
 public:
  RowRestore(Database& database,
             const std::vector<RestoreTarget>& targets,
             const std::vector<ForeignKey>& keys);

  /// Within the caller's transaction; locks the rows of the sets. False when all was equal. Throws
  /// what the server says of a row that cannot be put back, or Error{stopped} when rows that are
  /// not in the snapshot would follow a deleted one.
  bool run();

 private:
  /// A statement that must wait for others.
  struct Waiting {
    std::size_t target = 0;
    Fate fate = Fate::leave;  ///< leave: a stranger to be deleted
    std::string key;
    std::string tuple;
    [[nodiscard]] bool is_stranger() const { return fate == Fate::leave; }
  };

  [[nodiscard]] bool round();
  [[nodiscard]] bool compare();
  [[nodiscard]] bool clear_keyless();
  void delete_strangers();
  void write_rows(std::size_t target);
  void flush(std::size_t target, std::vector<std::string>& batch);
  [[nodiscard]] bool retry();
  void make_way();
  void displace(std::size_t target, const std::string& condition);
  [[noreturn]] void give_up();

  void attempt_or_wait(Waiting waiting);
  [[nodiscard]] bool attempt(const Waiting& waiting);
  [[nodiscard]] bool goes_in(const std::string& statement);
  [[nodiscard]] bool is_there(const Waiting& waiting);
  [[nodiscard]] bool is_followed(const Waiting& stranger, bool last_word);
  [[nodiscard]] std::string statement_of(const Waiting& waiting) const;
  [[nodiscard]] std::vector<std::size_t> sets_of(const TableName& table) const;

  Database& database_;
  const std::vector<RestoreTarget>& targets_;
  const std::vector<ForeignKey>& keys_;
  std::vector<RowSet> emptied_;
  std::vector<Difference> differences_;  ///< as targets_
  std::vector<bool> displacing_;         ///< as targets_: tables that refer to each other end here
  std::vector<Waiting> waiting_;
  bool differed_ = false;
};

}  // namespace omsctl::metadb
