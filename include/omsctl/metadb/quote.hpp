/// The only place where a value becomes part of an SQL statement.
#pragma once

#include <string>
#include <string_view>

namespace omsctl::metadb {

/// 0x41… in upper case. Of no bytes it is "0x", which is not SQL: callers write '' then.
[[nodiscard]] std::string hex_literal(std::string_view bytes);

/// `name` in backticks, safe whatever its bytes. Throws Error{internal} on a NUL byte.
[[nodiscard]] std::string quote_name(std::string_view name);
[[nodiscard]] std::string quote_name(std::string_view database, std::string_view table);
/// `text` as an SQL string literal that means exactly these bytes under any sql_mode and utf8mb4.
[[nodiscard]] std::string quote_text(std::string_view text);

}  // namespace omsctl::metadb
