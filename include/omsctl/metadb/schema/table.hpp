/// What a table looks like, read from the server, and how each of its columns becomes text and
/// back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "omsctl/metadb/database.hpp"
#include "omsctl/metadb/quote.hpp"
#include "omsctl/metadb/rows.hpp"
#include "omsctl/metadb/schema/table.hpp"

namespace omsctl::metadb {

/// How a value is read and written without loss.
enum class Encoding {
  number,  ///< as the server prints it
  real,    ///< FLOAT, DOUBLE: read as a double with all its digits
  bits,    ///< b'0101'
  quoted,  ///< dates, times, UUID, INET: plain ASCII in quotes
  text,    ///< raw bytes in the column's own character set: _utf8mb4 0x…
  binary,  ///< raw bytes: 0x…
  index,   ///< ENUM, SET: the number, since '' may be a member or the error value
};

struct Column {
  std::string name;
  std::string type;  ///< as in CREATE TABLE, e.g. "enum('a','b')"
  std::string charset{};
  Encoding encoding = Encoding::binary;
  bool generated = false;  ///< cannot be inserted; compared all the same
  bool touched = false;    ///< an UPDATE of other columns changes it (ON UPDATE CURRENT_TIMESTAMP)
};
void to_json(nlohmann::json& json, const Column& column);
void from_json(const nlohmann::json& json, Column& column);

/// A base table. `columns` has those that can be inserted first, then the generated ones.
struct Table {
  std::string database;
  std::string name;
  std::string engine{};
  std::string create_statement{};
  std::vector<Column> columns{};
  std::vector<std::string>
      key{};  ///< columns of the primary key, or of a unique one without NULLs; may be empty
  std::optional<std::uint64_t> auto_increment{};

  [[nodiscard]] std::string quoted() const { return quote_name(database, name); }
  /// "INSERT INTO `name` (`column`, …) VALUES", with the columns that can be inserted.
  [[nodiscard]] std::string insert_prefix(std::string_view quoted_table) const;
  /// What must be equal for two digests of rows to mean the same.
  [[nodiscard]] std::string shape() const;
};

/// Throws Error{database} when the table is missing, is a view, or has a column of a type that is
/// not known.
[[nodiscard]] Table read_table(Database& database,
                               const std::string& schema,
                               const std::string& name);

/// Whether the server takes two names of databases or tables for the same.
[[nodiscard]] bool is_same_name(const Database& database,
                                std::string_view left,
                                std::string_view right);

/// Rows of `answer` whose `column` is `name`: information_schema compares names without case and
/// accents, whatever the server does elsewhere.
[[nodiscard]] std::vector<Row> rows_named(const Database& database,
                                          const Rows& answer,
                                          std::string_view column,
                                          std::string_view name);

/// Whether EXTRA in information_schema.COLUMNS means a column that the server computes.
[[nodiscard]] bool is_generated(std::string_view column_extra);

}  // namespace omsctl::metadb
