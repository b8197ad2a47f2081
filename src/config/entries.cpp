#include "entries.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "omsctl/base/text.hpp"

#include "known_keys.hpp"

namespace omsctl::config {
namespace {

using Kind = YamlNode::Kind;

constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
constexpr std::string_view word = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";

/// The key that `line` begins with, and where its colon is.
struct KeyStart {
  std::string name;
  std::size_t colon = 0;
};

std::optional<KeyStart> key_start(std::string_view line) {
  std::size_t begin = std::min(line.find_first_not_of(" \t"), line.size());
  const bool quoted = begin < line.size() && (line[begin] == '"' || line[begin] == '\'');
  begin += quoted ? 1 : 0;
  if (begin >= line.size() || letters.find(line[begin]) == std::string_view::npos)
    return std::nullopt;
  std::size_t end = std::min(line.find_first_not_of(word, begin), line.size());
  std::string name(line.substr(begin, end - begin));
  if (quoted && (end >= line.size() || line[end] != line[begin - 1]))
    return std::nullopt;
  end += quoted ? 1 : 0;
  if (end >= line.size() || line[end] != ':')
    return std::nullopt;
  return KeyStart{std::move(name), end};
}

/// A text that yaml-cpp can read although it has the two commonest mistakes, and where a blank was
/// put in.
struct Repaired {
  std::vector<std::string> lines;
  std::map<std::size_t, std::size_t> blanks;  ///< line → column
};

/// Makes blanks of the tabs outside quotes and comments; the place of the first, npos when there is
/// none.
std::size_t replace_tabs(std::string& line) {
  std::size_t first = std::string::npos;
  char quote = '\0';
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char before = i == 0 ? ' ' : line[i - 1];
    const bool fresh = before == ' ' || before == '[' || before == '{' || before == ',';
    if (quote != '\0')
      quote = line[i] == quote ? '\0' : quote;
    else if (fresh && (line[i] == '"' || line[i] == '\''))
      quote = line[i];
    else if (fresh && line[i] == '#')
      return first;
    else if (line[i] == '\t') {
      first = std::min(first, i);
      line[i] = ' ';
    }
  }
  return first;
}

void repair_tabs(std::string& line, std::size_t number, Problems& findings) {
  const std::size_t first = replace_tabs(line);
  if (first != std::string::npos)
    findings.rule({number, first},
                  "a tab is not allowed here",
                  "use blanks; YAML reads no tabs between values");
}

void repair_colon(std::string& line, std::size_t number, Repaired& repaired, Problems& findings) {
  const auto key = key_start(line);
  if (!key || key->colon + 1 >= line.size())
    return;
  const char next = line[key->colon + 1];
  const bool at_margin = line.front() != ' ' && line.front() != '\t';
  if (next == ' ' || next == '\t' || (!is_known_key(key->name) && (!at_margin || next == '/')))
    return;
  findings.error({number, key->colon + 1},
                 fmt::format("a blank is missing after \"{}:\"", base::printable(key->name)),
                 fmt::format("write \"{}: value\"", base::printable(key->name)));
  line.insert(key->colon + 1, 1, ' ');
  repaired.blanks.emplace(number, key->colon + 1);
}

Repaired repair(Problems& findings) {
  Repaired repaired{.lines = findings.lines(), .blanks = {}};
  for (std::size_t i = 0; i < repaired.lines.size(); ++i) {
    repair_tabs(repaired.lines[i], i, findings);
    repair_colon(repaired.lines[i], i, repaired, findings);
  }
  return repaired;
}

/// Puts the places of a tree back to where they are in the text itself.
void replace_places(YamlNode& node, const Repaired& repaired, std::size_t first_line) {
  node.place.line += first_line;
  const auto blank = repaired.blanks.find(node.place.line);
  if (blank != repaired.blanks.end() && node.place.column > blank->second)
    --node.place.column;
  for (YamlNode& item : node.items)
    replace_places(item, repaired, first_line);
}

SyntaxError explained(SyntaxError error) {
  static constexpr std::array<std::array<std::string_view, 3>, 7> known{{
      {"illegal map value",
       "a key or \": \" cannot stand here",
       "check the indentation of this line, and quote a value that holds \": \""},
      {"end of map not found",
       "this line does not fit the indentation of those above",
       "begin every key in the same column, and every list item in the same column"},
      {"end of sequence not found",
       "this line does not fit the list above",
       "begin every list item in the same column"},
      {"end of sequence flow not found", "a list in brackets is not closed", "write [a, b]"},
      {"end of map flow not found",
       "a mapping in braces is not closed",
       "a value that begins with { must be quoted"},
      {"unknown token", "a value cannot begin with this character", "quote the value"},
      {"illegal EOF in scalar", "a quote is not closed", "close it on the same line"},
  }};
  for (const auto& entry : known)
    if (error.message == fmt::format("YAML: {}", entry[0]))
      return {error.place, std::string(entry[1]), std::string(entry[2])};
  if (error.message == "YAML: bad file")
    return {error.place, "lists or mappings are nested too deep", "config.yaml has one level"};
  return error;
}

bool leaves_a_quote_open(const YamlNode& node, const std::vector<std::string>& lines) {
  if (node.kind != Kind::scalar || node.is_plain() || node.place.line >= lines.size())
    return false;
  const std::string& line = lines[node.place.line];
  const bool block = line.find_first_of("|>", node.place.column) != std::string::npos &&
                     line.find_first_of("\"'", node.place.column) == std::string::npos;
  return !block && !scalar_span(line, node.place.column, true);
}

/// Whether yaml-cpp let a text pass in which one quote swallows the lines below it.
bool has_open_quote(const YamlNode& root, const std::vector<std::string>& lines) {
  return std::any_of(root.items.begin(), root.items.end(), [&](const YamlNode& node) {
    return leaves_a_quote_open(node, lines);
  });
}

std::string join_lines(const std::vector<std::string>& lines, std::size_t first, std::size_t last) {
  std::string text;
  for (std::size_t i = first; i < last; ++i)
    text.append(lines[i]).append("\n");
  return text;
}

/// The first lines of the entries: those that begin in the column of the first key or left of it.
std::vector<std::size_t> entry_starts(const std::vector<std::string>& lines) {
  std::vector<std::size_t> starts;
  std::size_t margin = std::string::npos;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::size_t indent = lines[i].find_first_not_of(' ');
    if (indent == std::string::npos ||
        std::string_view("#-]}%.").find(lines[i][indent]) != std::string_view::npos)
      continue;
    margin = std::min(margin, indent);
    if (indent <= margin)
      starts.push_back(i);
  }
  return starts;
}

/// Reads the entries one by one, each as a document of its own.
class EntryByEntry {
 public:
  EntryByEntry(const Repaired& repaired, Problems& findings, std::set<std::string>& broken)
      : repaired_(repaired), findings_(findings), broken_(broken) {
    root_.kind = Kind::mapping;
  }

  YamlNode read() {
    const std::vector<std::size_t> starts = entry_starts(repaired_.lines);
    for (std::size_t i = 0; i < starts.size(); ++i)
      entry(starts[i], i + 1 < starts.size() ? starts[i + 1] : repaired_.lines.size());
    return std::move(root_);
  }

 private:
  void entry(std::size_t first, std::size_t last) {
    Document document = parse_document(join_lines(repaired_.lines, first, last));
    if (document.error) {
      note_broken(first, last);
      YamlNode place;
      place.place = document.error->place;
      replace_places(place, repaired_, first);
      place.place.line = std::min(place.place.line, last - 1);
      const SyntaxError error = explained(*document.error);
      findings_.error(place.place, error.message, error.hint);
      return;
    }
    if (!document.root)
      return;
    replace_places(*document.root, repaired_, first);
    if (document.root->kind != Kind::mapping) {
      note_broken(first, last);
      not_an_entry(document.root->place);
      return;
    }
    for (YamlNode& node : document.root->items)
      root_.items.push_back(std::move(node));
  }

  void not_an_entry(Place place) {
    const bool wide = findings_.lines()[place.line].find("：") != std::string::npos;
    findings_.error(place,
                    "this line is not \"key: value\"",
                    wide ? "the colon is a full-width one: type \": \"" : "write \"key: value\"");
  }

  void note_broken(std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i)
      if (const auto key = key_start(repaired_.lines[i]))
        broken_.insert(key->name);
  }

  const Repaired& repaired_;
  Problems& findings_;
  std::set<std::string>& broken_;
  YamlNode root_;
};

/// yaml-cpp takes a last line without a colon for a key without a value, and a value below its key
/// at any indent; OMS's reader does neither.
void check_lines(const YamlNode& root, const Repaired& repaired, Problems& findings) {
  for (std::size_t i = 0; i < root.items.size(); i += 2) {
    const YamlNode& key = root.items[i];
    if (key.kind != Kind::scalar || key.place.line >= repaired.lines.size())
      continue;
    const std::string& line = repaired.lines[key.place.line];
    const auto span = scalar_span(line, key.place.column, false);
    const std::size_t colon = span ? line.find_first_not_of(' ', span->end) : std::string::npos;
    if (colon == std::string::npos || line[colon] != ':')
      findings.error(
          key.place, "this line is not \"key: value\"", "write the key and its colon on one line");
    const YamlNode& value = root.items[i + 1];
    const bool is_inline =
        value.kind == Kind::scalar || (value.kind == Kind::sequence && value.flow);
    const bool is_glued_item = value.is_plain() && value.text.starts_with('-');
    if (is_inline && !is_glued_item && value.place.line != key.place.line)
      findings.error(value.place,
                     "the value does not stand on the line of its key",
                     "write \"key: value\" on one line");
  }
}

}  // namespace

Entries read_entries(const std::string& text, Problems& findings) {
  Entries entries;
  const Repaired repaired = repair(findings);
  Document document = parse_document(join_lines(repaired.lines, 0, repaired.lines.size()));
  if (!document.error && !document.root) {
    findings.error(text.empty() ? "the file is empty" : "the file holds no key", "");
    return entries;
  }
  if (document.error || document.root->kind != Kind::mapping ||
      has_open_quote(*document.root, repaired.lines)) {
    const std::size_t before = findings.error_count();
    document.root = EntryByEntry(repaired, findings, entries.broken).read();
    if (!document.error && document.root->items.empty())
      findings.error("the file holds no key", "write one \"key: value\" a line");
    if (document.error && findings.error_count() == before) {
      const SyntaxError error = explained(*document.error);
      findings.error(error.place, error.message, error.hint);
    }
  } else {
    replace_places(*document.root, repaired, 0);
  }
  check_lines(*document.root, repaired, findings);
  for (const SyntaxError& error : structure_errors(*document.root))
    findings.error(error.place, error.message, error.hint);
  std::vector<YamlNode>& items = document.root->items;
  for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
    entries.keys.emplace(items[i].text, items[i].place);
    entries.values.emplace(items[i].text, std::move(items[i + 1]));
  }
  return entries;
}

}  // namespace omsctl::config
