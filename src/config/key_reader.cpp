#include "key_reader.hpp"

#include <algorithm>
#include <array>
#include <regex>

#include <fmt/format.h>

#include "omsctl/base/text.hpp"
#include "omsctl/config/redaction.hpp"
#include "omsctl/config/settings.hpp"

namespace omsctl::config {
namespace {

using Kind = YamlNode::Kind;

constexpr std::string_view bool_tag = "tag:yaml.org,2002:bool";

/// Whether Python's YAML 1.1 reads the plain `text` as another value than its characters: 010 is 8,
/// 1:30 is 90, yes is True, 2026-01-01 a date. Whole numbers in their usual form stay what they
/// are.
bool is_misread(const std::string& text) {
  static const std::regex other(
      "[yY]es|YES|[nN]o|NO|[tT]rue|TRUE|[fF]alse|FALSE|[oO]n|ON|[oO]ff|OFF"
      "|[-+]?0[0-7_]+|[-+]?0b[01_]+|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9]*_[0-9_]*|\\+[0-9]+"
      "|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\\.[0-9_]*)?|[-+]?[0-9][0-9_]*\\.[0-9_]*([eE][-+][0-9]+)?"
      "|\\.[0-9_]+([eE][-+][0-9]+)?|[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)"
      "|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*|=");
  return text.size() <= 40 && std::regex_match(text, other);
}

std::string shown(const std::string& key, const std::string& text) {
  return is_secret_key(key) ? "its value" : quoted(text);
}

/// Where the dash is whose item is left out: the parser names what comes after it.
Place empty_item(const std::vector<std::string>& lines, Place place) {
  for (std::size_t i = std::min(place.line + 1, lines.size()); i-- > 0;) {
    const std::string_view line = base::trim(lines[i]);
    if (line == "-" || line.starts_with("- #") || line.starts_with("- ~") ||
        line.starts_with("- n"))
      return {i, lines[i].find('-')};
  }
  return place;
}

}  // namespace

bool is_placeholder(std::string_view text) {
  return text.find("${") != std::string_view::npos ||
         (text.size() > 2 && text.starts_with('<') && text.ends_with('>'));
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
  });
}

std::string quoted(std::string_view text) {
  return "\"" + base::printable(text.substr(0, 64)) + "\"";
}

const YamlNode* KeyReader::find(const std::string& key) const {
  const auto found = entries_.values.find(key);
  return found == entries_.values.end() ? nullptr : &found->second;
}

bool KeyReader::has(const std::string& key) const {
  const YamlNode* node = find(key);
  return node != nullptr && node->kind != Kind::null;
}

Place KeyReader::place(const std::string& key) const {
  if (has(key))
    return find(key)->place;
  const auto found = entries_.keys.find(key);
  return found == entries_.keys.end() ? Place{} : found->second;
}

void KeyReader::require(const std::string& key) {
  if (has(key) || entries_.broken.contains(key))
    return;
  const std::string hint = fmt::format("write \"{}: value\"", key);
  if (entries_.keys.contains(key))
    findings_.error(place(key), fmt::format("{} has no value", key), hint);
  else
    findings_.error(fmt::format("{} is missing", key), "add a line \"" + key + ": value\"");
}

const YamlNode* KeyReader::scalar_node(const std::string& key) {
  const YamlNode* node = find(key);
  if (node == nullptr || node->kind == Kind::null || node->kind == Kind::alias)
    return nullptr;
  if (node->kind == Kind::scalar)
    return ends_on_its_line(key, *node, false) ? node : nullptr;
  if (node->kind == Kind::sequence)
    findings_.error(node->place, fmt::format("{} must be one value, not a list", key), "");
  return nullptr;
}

bool KeyReader::ends_on_its_line(const std::string& key, const YamlNode& node, bool in_flow) {
  if (node.place.line >= findings_.lines().size() || node.anchored)
    return true;
  const std::string_view line = findings_.lines()[node.place.line];
  const auto span = scalar_span(line, node.place.column, in_flow);
  const bool whole = span && (span->quote != '\0' ||
                              line.substr(span->begin, span->end - span->begin) == node.text);
  if (whole || node.text.empty())
    return true;
  findings_.rule(node.place,
                 fmt::format("the value of {} does not end on its line", key),
                 "close the quote, and keep each value on one line");
  return findings_.origin() == Origin::deployed;
}

void KeyReader::check_misread(const std::string& key, const YamlNode& node) {
  if (node.is_plain() && is_misread(node.text))
    findings_.rule(node.place,
                   fmt::format("{} is read by YAML as a number, date or bool, not as written", key),
                   "put the value in quotes");
}

std::optional<Scalar> KeyReader::text(const std::string& key) {
  const YamlNode* node = scalar_node(key);
  if (node == nullptr)
    return std::nullopt;
  check_misread(key, *node);
  return Scalar{node->text, node->place};
}

std::string KeyReader::required_text(const std::string& key) {
  require(key);
  const auto value = this->text(key);
  if (!value)
    return {};
  if (value->text.empty())
    findings_.error(value->place, fmt::format("{} is empty", key), "");
  return value->text;
}

void KeyReader::check_digits(const std::string& key, const YamlNode& node, long value) {
  const std::string_view digits = base::trim(node.text);
  const bool octal = digits.size() > 1 && digits.front() == '0';
  const std::string hint = fmt::format("write \"{}: {}\"", key, value);
  if (octal && node.is_plain() && value > 7)
    findings_.error(node.place, "a number that begins with 0 is read as octal", hint);
  else if (octal)
    findings_.rule(node.place, "a number must not begin with 0", hint);
  if (digits != node.text)
    findings_.rule(node.place, "a number must not hold blanks", hint);
}

std::optional<long> KeyReader::number(const std::string& key, Range range) {
  const YamlNode* node = scalar_node(key);
  if (node == nullptr)
    return std::nullopt;
  const std::string digits(base::trim(node->text));
  const bool whole = !digits.empty() && digits.find_first_not_of("0123456789") == std::string::npos;
  const long value = whole && digits.size() <= 9 ? std::stol(digits) : -1;
  if (is_placeholder(node->text) && findings_.origin() == Origin::target)
    return std::nullopt;  // reported as a placeholder
  if (value < range.lowest || value > range.highest) {
    findings_.error(node->place,
                    fmt::format("{} must be a whole number from {} to {}, not {}",
                                key,
                                range.lowest,
                                range.highest,
                                shown(key, node->text)),
                    "");
    return std::nullopt;
  }
  check_digits(key, *node, value);
  return value;
}

std::optional<bool> KeyReader::boolean(const std::string& key) {
  const YamlNode* node = find(key);
  if (node != nullptr && node->kind == Kind::null)
    findings_.error(
        place(key), fmt::format("{} has no value", key), "write true or false, or remove the line");
  node = scalar_node(key);
  if (node == nullptr)
    return std::nullopt;
  const bool resolved = node->is_plain() || node->tag == bool_tag;
  std::string lower = node->text;
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  const std::string& word = resolved ? lower : node->text;
  if (word == "true" || word == "false")
    return word == "true";
  const bool yes = lower == "yes" || lower == "on" || lower == "true";
  const bool no = lower == "no" || lower == "off" || lower == "false";
  const std::string message =
      fmt::format("{} must be true or false, not {}", key, shown(key, node->text));
  const std::string hint = yes || no ? fmt::format("write \"{}: {}\"", key, yes) : "";
  if (resolved && (yes || no)) {
    findings_.rule(node->place, message, hint);
    return yes;
  }
  findings_.error(node->place, message, hint);
  return std::nullopt;
}

std::optional<std::vector<Scalar>> KeyReader::list(const std::string& key) {
  const YamlNode* node = find(key);
  if (node == nullptr || node->kind == Kind::null || node->kind == Kind::alias ||
      node->kind == Kind::mapping)
    return std::nullopt;
  if (node->kind == Kind::scalar) {
    const bool glued = node->text.starts_with('-');
    findings_.error(node->place,
                    fmt::format("{} must be a list", key),
                    glued ? "a list item needs a blank after its dash: \"  - 192.0.2.11\""
                          : "write one \"  - 192.0.2.11\" line per node");
    return std::nullopt;
  }
  std::vector<Scalar> items;
  for (const YamlNode& item : node->items) {
    if (item.kind == Kind::null && !node->flow)
      findings_.error(empty_item(findings_.lines(), item.place),
                      fmt::format("an item of {} is empty", key),
                      "remove it");
    if (item.kind == Kind::scalar && ends_on_its_line(key, item, node->flow))
      items.push_back({item.text, item.place});
  }
  return items;
}

}  // namespace omsctl::config
