/// What the MetaDB answers.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace omsctl::metadb {

/// One row: a value is bytes, or NULL.
using Row = std::vector<std::optional<std::string>>;

struct Rows {
  std::vector<std::string> columns;
  std::vector<Row> rows;
  /// Index of `column` (case-insensitive, as MySQL compares column names). Throws Error{database}.
  [[nodiscard]] std::size_t index(std::string_view column) const;
  [[nodiscard]] bool has(std::string_view column) const;
};

}  // namespace omsctl::metadb
