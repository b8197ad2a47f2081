#include "omsctl/metadb/schema/literal.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include <fmt/format.h>

#include "omsctl/base/error.hpp"
#include "omsctl/metadb/quote.hpp"
#include "omsctl/metadb/schema/table.hpp"

namespace omsctl::metadb {
namespace {

using Known = std::pair<std::string_view, Encoding>;

constexpr std::array known_types{
    Known{"tinyint", Encoding::number},
    Known{"smallint", Encoding::number},
    Known{"mediumint", Encoding::number},
    Known{"int", Encoding::number},
    Known{"integer", Encoding::number},
    Known{"bigint", Encoding::number},
    Known{"decimal", Encoding::number},
    Known{"numeric", Encoding::number},
    Known{"year", Encoding::number},
    Known{"float", Encoding::real},
    Known{"double", Encoding::real},
    Known{"bit", Encoding::bits},
    Known{"date", Encoding::quoted},
    Known{"time", Encoding::quoted},
    Known{"datetime", Encoding::quoted},
    Known{"timestamp", Encoding::quoted},
    Known{"uuid", Encoding::quoted},
    Known{"inet4", Encoding::quoted},
    Known{"inet6", Encoding::quoted},
    Known{"char", Encoding::text},
    Known{"varchar", Encoding::text},
    Known{"tinytext", Encoding::text},
    Known{"text", Encoding::text},
    Known{"mediumtext", Encoding::text},
    Known{"longtext", Encoding::text},
    Known{"json", Encoding::text},
    Known{"enum", Encoding::index},
    Known{"set", Encoding::index},
    Known{"binary", Encoding::binary},
    Known{"varbinary", Encoding::binary},
    Known{"tinyblob", Encoding::binary},
    Known{"blob", Encoding::binary},
    Known{"mediumblob", Encoding::binary},
    Known{"longblob", Encoding::binary},
    Known{"vector", Encoding::binary},
    Known{"geometry", Encoding::binary},
    Known{"point", Encoding::binary},
    Known{"linestring", Encoding::binary},
    Known{"polygon", Encoding::binary},
    Known{"multipoint", Encoding::binary},
    Known{"multilinestring", Encoding::binary},
    Known{"multipolygon", Encoding::binary},
    Known{"geometrycollection", Encoding::binary},
    Known{"geomcollection", Encoding::binary},
};

std::string bits_of(std::string_view bytes) {
  std::string result = "b'";
  for (const char c : bytes)
    result += fmt::format("{:08b}", static_cast<unsigned char>(c));
  return result + "'";
}

/// What the server prints for numbers, dates, UUIDs and addresses; anything else would need another
/// encoding.
const std::string& checked(const Column& column, const std::string& text) {
  const bool plain = !text.empty() && std::ranges::all_of(text, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("+-.: ").find(c) != std::string_view::npos;
  });
  if (!plain)
    throw base::Error(
        base::Code::internal,
        fmt::format("unexpected value in column {} of type {}", column.name, column.type));
  return text;
}

}  // namespace

std::optional<Encoding> encoding_of(std::string_view data_type) {
  const auto* const found = std::ranges::find(known_types, data_type, &Known::first);
  if (found == known_types.end())
    return std::nullopt;
  return found->second;
}

std::string select_expression(const Column& column) {
  std::string name = quote_name(column.name);
  switch (column.encoding) {
    case Encoding::real:
      return name + " * 1e0";
    case Encoding::index:
      return name + " + 0";
    case Encoding::number:
    case Encoding::bits:
    case Encoding::quoted:
    case Encoding::text:
    case Encoding::binary:
      break;
  }
  return name;
}

std::string literal(const Column& column, const std::optional<std::string>& value) {
  if (!value)
    return "NULL";
  switch (column.encoding) {
    case Encoding::number:
    case Encoding::index:
      return checked(column, *value);
    case Encoding::real:
      // With an exponent it is a double to the server, never a DECIMAL; and -0 stays negative.
      return checked(column, *value) + (value->find('e') == std::string::npos ? "e0" : "");
    case Encoding::bits:
      return bits_of(*value);
    case Encoding::quoted:
      return "'" + checked(column, *value) + "'";
    case Encoding::text:
      return value->empty() ? "''" : fmt::format("_{} {}", column.charset, hex_literal(*value));
    case Encoding::binary:
      return value->empty() ? "''" : hex_literal(*value);
  }
  throw base::Error(base::Code::internal, "unknown encoding of a column");
}

}  // namespace omsctl::metadb
