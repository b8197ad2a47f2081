/// The little that must be read out of the server's own SQL.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace omsctl::metadb {

/// The value behind "AUTO_INCREMENT=" among the table options of a CREATE TABLE statement.
[[nodiscard]] std::optional<std::uint64_t> auto_increment_of(std::string_view create_table);

/// What follows FOR EACH ROW in a CREATE TRIGGER statement.
[[nodiscard]] std::optional<std::string_view> trigger_body(std::string_view create_trigger);

}  // namespace omsctl::metadb
