/// How the rows of a set differ from the saved ones, by key.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "omsctl/metadb/copy/row_stream.hpp"
#include "omsctl/metadb/database.hpp"

#include "restore_target.hpp"

namespace omsctl::metadb {

/// What becomes of a saved row when it is put back.
enum class Fate { leave, insert, update };

/// Holds a hash of each row that is there now, and only when the two sets are not equal.
class Difference {
 public:
  /// Of nothing.
  Difference() = default;
  /// Reads the rows, locked or not. A table without a key, or with references alone to restore, can
  /// only be told equal or not.
  Difference(Database& database, const RestoreTarget& target, Lock lock);

  [[nodiscard]] bool equal() const noexcept { return equal_; }
  /// Keys of rows that were not saved.
  [[nodiscard]] const std::vector<std::string>& strangers() const noexcept { return strangers_; }
  [[nodiscard]] std::uint64_t missing() const noexcept { return missing_; }
  [[nodiscard]] std::uint64_t changed() const noexcept { return changed_; }
  [[nodiscard]] Fate fate_of(const std::string& key) const;

 private:
  enum class State { stranger, same, changed };

  void read_live(Database& database, const RestoreTarget& target, Lock lock);
  void read_saved(const RestoreTarget& target);

  bool equal_ = true;
  std::unordered_map<std::string, std::pair<std::string, State>> live_;  ///< key → hash
  std::vector<std::string> strangers_;
  std::uint64_t missing_ = 0;
  std::uint64_t changed_ = 0;
};

}  // namespace omsctl::metadb
