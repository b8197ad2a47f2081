#include "omsctl/config/values.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "omsctl/base/error.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/config/redaction.hpp"

#include "document.hpp"

namespace omsctl::config {
namespace {

using Kind = YamlNode::Kind;

[[noreturn]] void refuse(const SyntaxError& error) {
  throw base::Error(base::Code::config,
                    fmt::format("config.yaml:{}:{}: {}",
                                error.place.line + 1,
                                error.place.column + 1,
                                base::printable(error.message)),
                    error.hint);
}

/// The spelling of a bool that all of its writings share (YAML 1.1, which OMS's Python reads).
std::string bool_text(const std::string& text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  if (lower == "true" || lower == "yes" || lower == "on")
    return "true";
  if (lower == "false" || lower == "no" || lower == "off")
    return "false";
  return text;
}

bool is_bool_key(std::string_view key) {
  static constexpr std::array<std::string_view, 4> keys{
      "cm_is_default", "tsdb_enabled", "apsara_audit_enable", "init_db"};
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

std::string scalar_text(const std::string& key, const YamlNode& node) {
  const bool tagged = node.tag == "tag:yaml.org,2002:bool";
  if (tagged || (is_bool_key(key) && node.is_plain()))
    return bool_text(node.text);
  return node.text;
}

std::string shown(const std::string& key, const Values& values) {
  const auto found = values.find(key);
  if (found == values.end())
    return "(absent)";
  if (is_secret_key(key))
    return "[redacted]";
  if (const auto* text = std::get_if<std::string>(&found->second))
    return base::printable(redacted(*text));
  std::vector<std::string> items;
  for (const std::string& item : std::get<std::vector<std::string>>(found->second))
    items.push_back(base::printable(redacted(item)));
  return "[" + base::join(items, ", ") + "]";
}

}  // namespace

Values values_of(const std::string& text) {
  const bool marked = text.starts_with(byte_order_mark);
  const Document document = parse_document(marked ? text.substr(byte_order_mark.size()) : text);
  if (document.error)
    refuse(*document.error);
  if (!document.root)
    refuse({{}, "the file is empty", ""});
  const std::vector<SyntaxError> errors = structure_errors(*document.root);
  if (!errors.empty())
    refuse(errors.front());
  Values values;
  for (std::size_t i = 0; i + 1 < document.root->items.size(); i += 2) {
    const std::string& key = document.root->items[i].text;
    const YamlNode& node = document.root->items[i + 1];
    if (node.kind != Kind::sequence) {
      values.emplace(key, scalar_text(key, node));
      continue;
    }
    std::vector<std::string> items;
    for (const YamlNode& item : node.items)
      items.push_back(scalar_text("", item));
    values.emplace(key, std::move(items));
  }
  return values;
}

std::vector<Difference> differences(const Values& before, const Values& after) {
  std::vector<Difference> result;
  Values all = before;
  all.insert(after.begin(), after.end());
  for (const auto& entry : all) {
    const std::string& key = entry.first;
    const auto old_value = before.find(key);
    const auto new_value = after.find(key);
    if (old_value != before.end() && new_value != after.end() &&
        old_value->second == new_value->second)
      continue;
    result.push_back({key, shown(key, before), shown(key, after)});
  }
  return result;
}

}  // namespace omsctl::config
