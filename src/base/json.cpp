#include "omsctl/base/json.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace omsctl::base {
namespace {

using nlohmann::json;

constexpr std::size_t deepest = 64;  // a plan has 14 levels, what docker prints 7

bool has_fraction(const json& value) {
  return value.is_number_float() ||
         (value.is_structured() && std::any_of(value.begin(), value.end(), has_fraction));
}

}  // namespace

bool is_deep_json(std::string_view text) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string && c == '\\')
      ++i;
    else if (c == '"')
      in_string = !in_string;
    else if (!in_string && (c == '[' || c == '{'))
      ++depth;
    else if (!in_string && (c == ']' || c == '}') && depth > 0)
      --depth;
    if (depth > deepest)
      return true;
  }
  return false;
}

json parse_json(std::string_view text) {
  if (is_deep_json(text))
    throw json::other_error::create(501, "nested too deep", nullptr);
  return json::parse(text);
}

json parse_whole_json(std::string_view text) {
  json value = parse_json(text);
  if (has_fraction(value))
    throw json::other_error::create(501, "a number that is not whole", nullptr);
  return value;
}

std::optional<json> try_json(std::string_view text) {
  if (is_deep_json(text))
    return std::nullopt;
  json value = json::parse(text, nullptr, false);
  return value.is_discarded() ? std::nullopt : std::optional(std::move(value));
}

bool says_the_same(const json& document, const json& read) {
  if (document.is_object() && read.is_object()) {
    const auto members = document.items();
    return std::all_of(members.begin(), members.end(), [&](const auto& member) {
      return read.contains(member.key()) && says_the_same(member.value(), read.at(member.key()));
    });
  }
  if (document.is_array() && read.is_array())
    return std::equal(document.begin(), document.end(), read.begin(), read.end(), says_the_same);
  // As text: to nlohmann, -1 equals 2^64 - 1.
  return document.type_name() == std::string_view(read.type_name()) &&
         document.dump() == read.dump();
}

}  // namespace omsctl::base
