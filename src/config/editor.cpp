#include "omsctl/config/editor.hpp"

#include <algorithm>
#include <utility>

#include "omsctl/base/error.hpp"
#include "omsctl/config/values.hpp"

#include "document.hpp"
#include "list_edit.hpp"
#include "source_text.hpp"

namespace omsctl::config {
namespace {

using Kind = YamlNode::Kind;

/// A key with its value; both null when the file has no such key.
struct Entry {
  const YamlNode* key = nullptr;
  const YamlNode* value = nullptr;
};

Entry find(const YamlNode& root, std::string_view key) {
  for (std::size_t i = 0; i + 1 < root.items.size(); i += 2)
    if (root.items[i].text == key)
      return {&root.items[i], &root.items[i + 1]};
  return {};
}

/// The replacements that make an edit in one file.
class Editor {
 public:
  Editor(const SourceText& source, const YamlNode& root) : source_(source), root_(root) {}

  void set_url(const std::string& url) {
    const Entry entry = find(root_, "cm_url");
    if (entry.key == nullptr) {
      add_lines(margin() + quoted_key("cm_url") + ": " + rendered(url, '\0', false), {});
    } else if (entry.value->kind == Kind::null) {
      set_empty(entry, rendered(url, '\0', root_.flow));
    } else {
      const Span span = span_of(source_, *entry.value, root_.flow);
      const std::size_t begin = source_.line_begin(entry.value->place.line);
      replacements_.push_back(
          {begin + span.begin, begin + span.end, rendered(url, span.quote, root_.flow)});
    }
  }

  void set_nodes(const std::vector<std::string>& nodes) {
    const Entry entry = find(root_, "cm_nodes");
    if (entry.key == nullptr)
      add_lines(margin() + quoted_key("cm_nodes") + ":", item_lines(nodes));
    else if (entry.value->kind == Kind::null)
      set_empty_list(entry, nodes);
    else if (entry.value->kind != Kind::sequence)
      refuse_edit("cm_nodes is no list");
    else if (entry.value->flow && entry.value->items.empty())
      fill_brackets(*entry.value, nodes);
    else
      append(entry.value->flow ? edit_flow_list(source_, *entry.value, nodes)
                               : edit_block_list(source_, *entry.value, nodes));
  }

  [[nodiscard]] std::string result() const { return source_.with(replacements_); }

 private:
  void append(const std::vector<Replacement>& more) {
    replacements_.insert(replacements_.end(), more.begin(), more.end());
  }

  [[nodiscard]] std::string margin() const {
    std::string blanks;
    blanks.resize(root_.items.front().place.column, ' ');
    return blanks;
  }

  /// `key` in the quotes that the file's first key has.
  [[nodiscard]] std::string quoted_key(const std::string& key) const {
    const char quote = span_of(source_, root_.items.front(), root_.flow).quote;
    return quote == '\0' ? key : quote + key + quote;
  }

  /// The items of a list that has none to look like: quoted when cm_url is.
  [[nodiscard]] std::vector<std::string> item_lines(const std::vector<std::string>& nodes) const {
    const Entry url = find(root_, "cm_url");
    const bool quoted = url.key != nullptr && url.value->kind == Kind::scalar;
    const char quote = quoted ? span_of(source_, *url.value, root_.flow).quote : '\0';
    std::vector<std::string> lines;
    lines.reserve(nodes.size());
    for (const std::string& node : nodes)
      lines.push_back(margin() + "  - " + rendered(node, quote, false));
    return lines;
  }

  [[nodiscard]] static std::string in_brackets(const std::vector<std::string>& nodes) {
    std::string list;
    for (const std::string& node : nodes)
      list += (list.empty() ? "[" : ", ") + rendered(node, '\0', true);
    return list + "]";
  }

  /// A key that the file lacks, with lines below it: behind cm_url, else at the end.
  void add_lines(const std::string& line, std::vector<std::string> below) {
    if (root_.flow)
      refuse_edit("a key is missing and the file is written in braces");
    below.insert(below.begin(), line);
    const Entry url = find(root_, "cm_url");
    const bool after_url = url.key != nullptr && url.value->kind == Kind::scalar;
    const std::size_t offset =
        after_url ? source_.line_end(url.value->place.line) : source_.text().size();
    replacements_.push_back(source_.insert_lines(offset, below));
  }

  /// Behind the colon of `key`.
  [[nodiscard]] std::size_t behind_colon(const YamlNode& key) const {
    const Span span = span_of(source_, key, root_.flow);
    const std::string_view line = source_.line(key.place.line);
    const std::size_t colon = line.find_first_not_of(' ', span.end);
    if (colon == std::string_view::npos || line[colon] != ':')
      refuse_edit("\"" + key.text + "\" and its colon do not stand on one line");
    return source_.line_begin(key.place.line) + colon + 1;
  }

  /// The ~ or null that stands for "no value", if one is written.
  [[nodiscard]] std::string_view written_null(std::size_t from, std::size_t line) const {
    const std::string_view rest = source_.line(line).substr(from - source_.line_begin(line));
    const std::size_t begin = rest.find_first_not_of(" \t");
    if (begin == std::string_view::npos || rest[begin] == '#' || rest[begin] == ',' ||
        rest[begin] == '}')
      return {};
    return rest.substr(begin, std::min(rest.find_first_of(" \t,}", begin), rest.size()) - begin);
  }

  void set_empty(const Entry& entry, const std::string& value) {
    const std::size_t from = behind_colon(*entry.key);
    const std::string_view null = written_null(from, entry.key->place.line);
    if (null.empty()) {
      replacements_.push_back({from, from, " " + value});
      return;
    }
    const std::size_t begin = source_.text().find(null, from);
    replacements_.push_back({begin, begin + null.size(), value});
  }

  void set_empty_list(const Entry& entry, const std::vector<std::string>& nodes) {
    const bool written = !written_null(behind_colon(*entry.key), entry.key->place.line).empty();
    if (written || root_.flow)
      set_empty(entry, in_brackets(nodes));
    else
      replacements_.push_back(
          source_.insert_lines(source_.line_end(entry.key->place.line), item_lines(nodes)));
  }

  void fill_brackets(const YamlNode& list, const std::vector<std::string>& nodes) {
    const std::size_t open = source_.text().find('[', source_.offset(list.place));
    replacements_.push_back(
        {open, open + 1, in_brackets(nodes).erase(in_brackets(nodes).size() - 1)});
  }

  const SourceText& source_;
  const YamlNode& root_;
  std::vector<Replacement> replacements_;
};

Values intended(Values values, const SettingsEdit& edit) {
  if (edit.cm_url)
    values["cm_url"] = *edit.cm_url;
  if (edit.cm_nodes)
    values["cm_nodes"] = *edit.cm_nodes;
  return values;
}

bool parses_to(const std::string& text, const Values& values) {
  try {
    return values_of(text) == values;
  } catch (const base::Error&) {
    return false;
  }
}

}  // namespace

std::string edit_settings(const std::string& text, const SettingsEdit& edit) {
  const Values before = values_of(text);
  const Values after = intended(before, edit);
  if (before == after)
    return text;
  if (edit.cm_nodes && edit.cm_nodes->empty())
    refuse_edit("cm_nodes would be empty");
  const SourceText source(text);
  const Document document = parse_document(source.body());
  if (!document.root || document.root->items.empty())
    refuse_edit("it holds no key");
  Editor editor(source, *document.root);
  const auto changes = [&](const std::string& key) {
    const auto value = before.find(key);
    return value == before.end() || value->second != after.at(key);
  };
  if (edit.cm_url && changes("cm_url"))
    editor.set_url(*edit.cm_url);
  if (edit.cm_nodes && changes("cm_nodes"))
    editor.set_nodes(*edit.cm_nodes);
  std::string result = editor.result();
  if (!parses_to(result, after))
    refuse_edit("the changed file would not parse to the intended values");
  return result;
}

}  // namespace omsctl::config
