#include "source_text.hpp"

#include <algorithm>
#include <utility>

#include "omsctl/base/error.hpp"

namespace omsctl::config {
namespace {

constexpr std::string_view letters_and_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// Whether every YAML reader takes `value` without quotes for just this text. A colon in a flow
/// list stops PyYAML before 5, and digits with colons are a number of base 60.
bool is_safe_plain(std::string_view value, bool in_flow) {
  if (value.empty() || letters_and_digits.find(value.front()) == std::string_view::npos ||
      value.back() == ':')
    return false;
  const bool allowed = std::all_of(value.begin(), value.end(), [](char c) {
    return letters_and_digits.find(c) != std::string_view::npos ||
           std::string_view("._-:/").find(c) != std::string_view::npos;
  });
  const bool has_colon = value.find(':') != std::string_view::npos;
  const bool is_base_60 =
      has_colon && value.find_first_not_of("0123456789:.") == std::string_view::npos;
  return allowed && !is_base_60 && !(in_flow && has_colon);
}

}  // namespace

SourceText::SourceText(const std::string& text) : text_(text) {
  begins_.push_back(text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0);
  for (std::size_t i = text.find('\n'); i != std::string::npos; i = text.find('\n', i + 1))
    begins_.push_back(i + 1);
  const std::size_t first = text.find('\n');
  if (first != std::string::npos && first > 0 && text[first - 1] == '\r')
    line_break_ = "\r\n";
}

std::string SourceText::body() const {
  return text_.substr(begins_.front());
}

std::size_t SourceText::line_begin(std::size_t line) const {
  return line < begins_.size() ? begins_[line] : text_.size();
}

std::size_t SourceText::line_end(std::size_t line) const {
  return line_begin(line + 1);
}

std::size_t SourceText::offset(Place place) const {
  return std::min(line_begin(place.line) + place.column, text_.size());
}

std::string_view SourceText::line(std::size_t line) const {
  const std::size_t begin = line_begin(line);
  std::string_view result = std::string_view(text_).substr(begin, line_end(line) - begin);
  if (result.ends_with('\n'))
    result.remove_suffix(1);
  if (result.ends_with('\r'))
    result.remove_suffix(1);
  return result;
}

std::string SourceText::with(std::vector<Replacement> replacements) const {
  std::stable_sort(replacements.begin(),
                   replacements.end(),
                   [](const Replacement& a, const Replacement& b) { return a.begin < b.begin; });
  std::string result;
  std::size_t done = 0;
  for (const Replacement& replacement : replacements) {
    if (replacement.begin < done)
      refuse_edit("cm_url and cm_nodes overlap");
    result.append(text_, done, replacement.begin - done).append(replacement.text);
    done = replacement.end;
  }
  return result.append(std::string_view(text_).substr(done));
}

Replacement SourceText::insert_lines(std::size_t offset,
                                     const std::vector<std::string>& lines) const {
  const bool behind_open_line = offset > 0 && text_[offset - 1] != '\n';
  std::string joined;
  for (const std::string& line : lines)
    joined += behind_open_line ? line_break_ + line : line + line_break_;
  return {offset, offset, std::move(joined)};
}

void refuse_edit(const std::string& reason) {
  throw base::Error(base::Code::config,
                    "config.yaml cannot be changed safely: " + reason,
                    "change cm_url and cm_nodes by hand, or write the file in its usual form: "
                    "one \"key: value\" a line");
}

std::string rendered(const std::string& value, char quote, bool in_flow) {
  if (std::any_of(value.begin(), value.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
      }))
    refuse_edit("the new value holds a control character");
  if (quote == '\0' && is_safe_plain(value, in_flow))
    return value;
  const char mark = quote == '\'' ? '\'' : '"';
  std::string result(1, mark);
  for (const char c : value) {
    if (mark == '\'' && c == '\'')
      result += '\'';
    if (mark == '"' && (c == '"' || c == '\\'))
      result += '\\';
    result += c;
  }
  return result + mark;
}

Span span_of(const SourceText& source, const YamlNode& node, bool in_flow) {
  const std::string_view line = source.line(node.place.line);
  const auto span = node.kind == YamlNode::Kind::scalar
                        ? scalar_span(line, node.place.column, in_flow)
                        : std::nullopt;
  if (!span ||
      (span->quote == '\0' && line.substr(span->begin, span->end - span->begin) != node.text))
    refuse_edit("a value does not begin and end on one line");
  return *span;
}

std::vector<std::size_t> matched(const std::vector<YamlNode>& present,
                                 const std::vector<std::string>& wanted) {
  std::vector<bool> used(present.size());
  std::vector<std::size_t> result;
  for (const std::string& value : wanted) {
    std::size_t i = 0;
    while (i < present.size() && (used[i] || present[i].text != value))
      ++i;
    result.push_back(i < present.size() ? i : std::string::npos);
    if (i < present.size())
      used[i] = true;
  }
  return result;
}

}  // namespace omsctl::config
