/// How a value of a column becomes SQL text, and is asked for.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "omsctl/metadb/schema/table.hpp"

namespace omsctl::metadb {

/// nullopt for a type that omsctl cannot copy exactly.
[[nodiscard]] std::optional<Encoding> encoding_of(std::string_view data_type);

/// The expression whose value literal() takes.
[[nodiscard]] std::string select_expression(const Column& column);

/// `value` as the SQL literal that stores exactly it.
[[nodiscard]] std::string literal(const Column& column, const std::optional<std::string>& value);

}  // namespace omsctl::metadb
