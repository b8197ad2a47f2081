/// The little that must be read out of the server's own SQL.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace omsctl::metadb {

/// The value behind "AUTO_INCREMENT=" among the table options of a CREATE TABLE statement.
[[nodiscard]] std::optional<std::uint64_t> auto_increment_of(std::string_view create_table);

/// The ON DELETE rule of a foreign key in a CREATE TABLE statement as the server shows it:
/// "RESTRICT" when it has none, nothing when there is no such key.
[[nodiscard]] std::optional<std::string> delete_rule_of(std::string_view create_table,
                                                        std::string_view constraint);

/// Where the quoted piece of `sql` that begins at `start` ends (its closing quote); quotes inside
/// are doubled or, in strings, escaped.
[[nodiscard]] std::size_t end_of_quoted(std::string_view sql, std::size_t start);

/// What follows FOR EACH ROW in a CREATE TRIGGER statement.
[[nodiscard]] std::optional<std::string_view> trigger_body(std::string_view create_trigger);

}  // namespace omsctl::metadb
