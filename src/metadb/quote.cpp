#include "omsctl/metadb/quote.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "omsctl/base/error.hpp"

namespace omsctl::metadb {
namespace {

/// Length of the UTF-8 sequence that starts with `lead`; 0 when none does.
std::size_t sequence_length(unsigned char lead) {
  if (lead < 0x80)
    return 1;
  if (lead >= 0xC2 && lead <= 0xDF)
    return 2;
  if (lead >= 0xE0 && lead <= 0xEF)
    return 3;
  return lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
}

/// Overlong forms, surrogates and what lies beyond U+10FFFF, by the second byte.
bool second_byte_is_legal(unsigned char lead, unsigned char second) {
  switch (lead) {
    case 0xE0:
      return second >= 0xA0;
    case 0xED:
      return second <= 0x9F;
    case 0xF0:
      return second >= 0x90;
    case 0xF4:
      return second <= 0x8F;
    default:
      return true;
  }
}

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = sequence_length(lead);
    if (length == 0 || i + length > text.size())
      return false;
    for (std::size_t k = 1; k < length; ++k) {
      const auto byte = static_cast<unsigned char>(text[i + k]);
      if ((byte & 0xC0U) != 0x80 || (k == 1 && !second_byte_is_legal(lead, byte)))
        return false;
    }
    i += length;
  }
  return true;
}

std::string doubled(std::string_view text, char quote) {
  std::string result(1, quote);
  for (const char c : text) {
    if (c == quote)
      result += quote;
    result += c;
  }
  result += quote;
  return result;
}

}  // namespace

std::string hex_literal(std::string_view bytes) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  std::string result = "0x";
  result.reserve(2 + 2 * bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    result += digits[byte >> 4U];
    result += digits[byte & 15U];
  }
  return result;
}

std::string quote_name(std::string_view name) {
  if (name.find('\0') != std::string_view::npos)
    throw base::Error(base::Code::internal, "an SQL name cannot hold a NUL byte");
  return doubled(name, '`');
}

std::string quote_name(std::string_view database, std::string_view table) {
  return quote_name(database) + "." + quote_name(table);
}

std::string quote_text(std::string_view text) {
  // A backslash means something else under NO_BACKSLASH_ESCAPES, so it never appears in quotes.
  const bool plain = std::ranges::none_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return c == '\\' || byte < 0x20 || byte == 0x7F;
  });
  if (!is_utf8(text))
    return hex_literal(text);
  return plain ? doubled(text, '\'') : "_utf8mb4 " + hex_literal(text);
}

}  // namespace omsctl::metadb
