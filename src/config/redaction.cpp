#include "omsctl/config/redaction.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "omsctl/base/text.hpp"

#include "known_keys.hpp"

namespace omsctl::config {
namespace {

constexpr std::string_view blanks = " \t";
constexpr std::string_view mask = "[redacted]";

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.';
}

/// Where `line` begins, behind blanks, list and diff markers, and, `in_comment`, the #.
std::size_t indent_of(std::string_view line, bool in_comment) {
  const std::size_t indent = line.find_first_not_of(in_comment ? " \t+-#" : " \t+-");
  return std::min(indent, line.size());
}

bool is_comment(std::string_view line) {
  return line.substr(indent_of(line, false)).starts_with('#');
}

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

/// The word that ends right before `end`, past blanks and a closing quote.
std::string_view word_before(std::string_view line, std::size_t end) {
  while (end > 0 && (blanks.find(line[end - 1]) != std::string_view::npos || line[end - 1] == '"' ||
                     line[end - 1] == '\''))
    --end;
  std::size_t begin = end;
  while (begin > 0 && is_word(line[begin - 1]))
    --begin;
  return line.substr(begin, end - begin);
}

/// Behind the `:` or `=` of the first secret key in `line`.
std::optional<std::size_t> secret_value(std::string_view line) {
  std::size_t last_word = 0;
  for (std::size_t i = line.find_first_of(":="); i != std::string_view::npos;
       i = line.find_first_of(":=", i + 1)) {
    if (is_secret_key(word_before(line.substr(last_word), i - last_word)))
      return i + 1;
    last_word = i + 1;
  }
  return std::nullopt;
}

/// `? oms_meta_password` with the value on a line of its own.
bool is_explicit_secret_key(std::string_view line) {
  const std::string_view body = line.substr(indent_of(line, true));
  return body.starts_with("? ") && is_secret_key(word_before(body, base::trim(body).size()));
}

/// A line that begins a key, an item, a comment or a document: no value of a key above it.
bool begins_an_entry(std::string_view line) {
  const std::string_view body = base::trim(line);
  if (body.empty() || body.front() == '#' || body.starts_with("- ") || body.starts_with("---") ||
      body.starts_with("...") || body.front() == '}' || body.front() == ']')
    return true;
  const std::size_t colon = body.find(':');
  return colon != std::string_view::npos && colon > 0 && !word_before(body, colon).empty();
}

/// http://user:password@host: the user's part.
std::string without_user(std::string line) {
  std::size_t from = 0;
  for (;;) {
    const std::size_t scheme = line.find("://", from);
    if (scheme == std::string::npos)
      return line;
    from = scheme + 3;
    const std::size_t end = std::min(line.find_first_of(" \t\r/?#,", from), line.size());
    const std::size_t at = line.substr(from, end - from).rfind('@');
    if (at != std::string::npos)
      line.replace(from, at, mask);
  }
}

/// Goes through a text line by line and remembers which secret value is still open.
class Redaction {
 public:
  std::string line(std::string_view text) {
    const std::string_view end = text.ends_with('\r') ? "\r" : "";
    const std::string_view body = text.substr(0, text.size() - end.size());
    if (continues(body))
      return is_blank(body) ? std::string(text) : masked(body, indent_of(body, in_comment_), end);
    open_ = false;
    if (const auto value = secret_value(body))
      return start(body, *value, end);
    if (is_explicit_secret_key(body))
      start(body, body.size(), end);
    return without_user(std::string(text));
  }

 private:
  static std::string masked(std::string_view body, std::size_t keep, std::string_view end) {
    return std::string(body.substr(0, keep)).append(mask).append(end);
  }

  /// Opens the value that begins at `value` and shows its first line.
  std::string start(std::string_view body, std::size_t value, std::string_view end) {
    const std::size_t begin = std::min(body.find_first_not_of(blanks, value), body.size());
    open_ = true;
    in_comment_ = is_comment(body);
    indent_ = indent_of(body, in_comment_);
    is_empty_ = begin == body.size();
    quote_ = open_quote(body.substr(begin));
    const std::string shown = without_user(std::string(body.substr(0, begin)));
    return is_empty_ ? shown + std::string(end) : shown + std::string(mask) + std::string(end);
  }

  /// The quote that `value` opens and leaves open; none otherwise.
  static char open_quote(std::string_view value) {
    if (value.starts_with('!') || value.starts_with('&'))
      value.remove_prefix(std::min(value.find_first_of("\"'"), value.size()));
    if (value.empty() || (value.front() != '"' && value.front() != '\''))
      return '\0';
    return closes(value.substr(1), value.front()) ? '\0' : value.front();
  }

  static bool closes(std::string_view text, char quote) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (quote == '"' && text[i] == '\\') {
        ++i;
      } else if (text[i] == quote) {
        if (quote == '"' || i + 1 == text.size() || text[i + 1] != '\'')
          return true;
        ++i;
      }
    }
    return false;
  }

  bool continues(std::string_view body) {
    if (!open_ || (in_comment_ && !is_comment(body)))
      return false;
    if (quote_ != '\0') {
      if (closes(body, quote_))
        quote_ = '\0';
      return true;
    }
    if (is_blank(body) || indent_of(body, in_comment_) > indent_)
      return true;
    const bool value_below = is_empty_ && !begins_an_entry(body);
    if (value_below) {
      is_empty_ = false;
      quote_ = open_quote(body.substr(indent_of(body, in_comment_)));
    }
    return value_below;
  }

  bool open_ = false;
  bool in_comment_ = false;
  bool is_empty_ = false;
  std::size_t indent_ = 0;
  char quote_ = '\0';
};

}  // namespace

namespace {

bool names_a_secret(std::string_view key) {
  static constexpr std::array<std::string_view, 7> parts{
      "pass", "pwd", "secret", "access_key", "accesskey", "private_key", "token"};
  std::string lower(key);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  std::replace(lower.begin(), lower.end(), '-', '_');
  return std::any_of(parts.begin(), parts.end(), [&](std::string_view part) {
    return lower.find(part) != std::string::npos;
  });
}

}  // namespace

bool is_secret_key(std::string_view key) {
  // Of a misspelt password the line is shown too, with what is wrong.
  return names_a_secret(key) || (!is_known_key(key) && names_a_secret(nearest_known_key(key)));
}

std::string redacted(const std::string& text) {
  Redaction redaction;
  std::vector<std::string> lines = base::split(text, '\n');
  for (std::string& line : lines)
    line = redaction.line(line);
  return base::join(lines, "\n");
}

}  // namespace omsctl::config
