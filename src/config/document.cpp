#include "document.hpp"

#include <algorithm>
#include <set>
#include <sstream>
#include <utility>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "omsctl/base/text.hpp"

namespace omsctl::config {
namespace {

using Kind = YamlNode::Kind;

Place place_of(const YAML::Mark& mark) {
  if (mark.is_null())
    return {};
  return {static_cast<std::size_t>(mark.line), static_cast<std::size_t>(mark.column)};
}

/// Collects the first document and counts them.
class TreeBuilder final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& mark) override {
    ++documents_;
    last_start_ = place_of(mark);
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(node(Kind::null, mark, "?", anchor));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    add(node(Kind::alias, mark, "?", 0));
  }
  void OnScalar(const YAML::Mark& mark,
                const std::string& tag,
                YAML::anchor_t anchor,
                const std::string& value) override {
    YamlNode scalar = node(Kind::scalar, mark, tag, anchor);
    scalar.text = value;
    add(std::move(scalar));
  }
  void OnSequenceStart(const YAML::Mark& mark,
                       const std::string& tag,
                       YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    open_.push_back(node(Kind::sequence, mark, tag, anchor));
    open_.back().flow = style == YAML::EmitterStyle::Flow;
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark,
                  const std::string& tag,
                  YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    open_.push_back(node(Kind::mapping, mark, tag, anchor));
    open_.back().flow = style == YAML::EmitterStyle::Flow;
  }
  void OnMapEnd() override { close(); }

  [[nodiscard]] std::size_t documents() const { return documents_; }
  [[nodiscard]] Place last_start() const { return last_start_; }
  [[nodiscard]] std::optional<YamlNode> take_root() { return std::move(root_); }

 private:
  static YamlNode node(Kind kind, const YAML::Mark& mark, std::string tag, YAML::anchor_t anchor) {
    YamlNode result;
    result.kind = kind;
    result.place = place_of(mark);
    result.tag = std::move(tag);
    result.anchored = anchor != 0;
    return result;
  }

  void close() {
    YamlNode done = std::move(open_.back());
    open_.pop_back();
    add(std::move(done));
  }

  void add(YamlNode done) {
    if (!open_.empty())
      open_.back().items.push_back(std::move(done));
    else if (!root_)
      root_ = std::move(done);
  }

  std::vector<YamlNode> open_;
  std::optional<YamlNode> root_;
  std::size_t documents_ = 0;
  Place last_start_;
};

constexpr const char* bool_tag = "tag:yaml.org,2002:bool";
constexpr const char* int_tag = "tag:yaml.org,2002:int";

/// Whether a tagged text is what its tag says; Python's reader stops at one that is not.
bool fits_its_tag(const YamlNode& node) {
  static const std::set<std::string> bools{"true",
                                           "True",
                                           "TRUE",
                                           "false",
                                           "False",
                                           "FALSE",
                                           "yes",
                                           "Yes",
                                           "YES",
                                           "no",
                                           "No",
                                           "NO",
                                           "on",
                                           "On",
                                           "ON",
                                           "off",
                                           "Off",
                                           "OFF"};
  if (node.tag == bool_tag)
    return bools.contains(node.text);
  return node.tag != int_tag ||
         (!node.text.empty() && node.text.find_first_not_of("0123456789") == std::string::npos);
}

bool is_known_tag(const std::string& tag) {
  static const std::set<std::string> known{"?",
                                           "!",
                                           bool_tag,
                                           int_tag,
                                           "tag:yaml.org,2002:str",
                                           "tag:yaml.org,2002:seq",
                                           "tag:yaml.org,2002:map"};
  return tag.empty() || known.contains(tag);
}

/// Walks a tree and notes what config.yaml must not hold.
class StructureCheck {
 public:
  void mapping(const YamlNode& root) {
    common(root);
    std::set<std::string> seen;
    for (std::size_t i = 0; i + 1 < root.items.size(); i += 2) {
      key(root.items[i], seen);
      value(root.items[i + 1]);
    }
  }

  std::vector<SyntaxError> errors;

 private:
  void fault(const YamlNode& node, std::string message, std::string hint) {
    errors.push_back({node.place, std::move(message), std::move(hint)});
  }

  void common(const YamlNode& node) {
    if (node.anchored)
      fault(node, "anchors (&name) are not supported", "write the value itself");
    if (node.kind == Kind::alias)
      fault(node, "aliases (*name) are not supported", "write the value itself");
    const bool is_text = node.kind == Kind::scalar;
    if (!is_known_tag(node.tag) || (!is_text && node.tag == "!"))
      fault(node, "unknown tag", "a value that begins with ! must be quoted");
    else if (!fits_its_tag(node))
      fault(node, "the value is not what its tag says", "remove the tag");
  }

  void key(const YamlNode& node, std::set<std::string>& seen) {
    common(node);
    if (node.kind != Kind::scalar) {
      fault(node, "a key must be plain text", "write \"key: value\"");
      return;
    }
    if (node.text == "<<")
      fault(node, "merge keys (<<) are not supported", "write the keys themselves");
    if (!seen.insert(node.text).second)
      fault(node,
            fmt::format("duplicate key {}", base::printable(node.text.substr(0, 64))),
            "keep one of the lines; which one counts depends on the reader");
  }

  void value(const YamlNode& node) {
    common(node);
    if (node.kind == Kind::mapping)
      fault(node,
            "a value must be text or a list, not keys of its own",
            "config.yaml has one level: every key begins in the same column");
    if (node.kind != Kind::sequence)
      return;
    for (const YamlNode& item : node.items) {
      common(item);
      if (item.kind == Kind::null && node.flow)
        fault(item, "an item of the list is empty", "remove the comma");
      if (node.flow && item.is_plain() && item.text.starts_with(':'))
        fault(item, "an item in brackets cannot begin with a colon", "put it in quotes");
      if (item.kind == Kind::sequence || item.kind == Kind::mapping)
        fault(item, "a list item must be text", "write one value per item: \"  - 192.0.2.11\"");
    }
  }
};

std::size_t skip_tag(std::string_view line, std::size_t column) {
  if (column >= line.size() || line[column] != '!')
    return column;
  column = std::min(line.find_first_of(" \t", column), line.size());
  return std::min(line.find_first_not_of(" \t", column), line.size());
}

/// Behind the closing quote of the text that opens at `begin`; npos when it stays open.
std::size_t quote_end(std::string_view line, std::size_t begin) {
  const char quote = line[begin];
  for (std::size_t i = begin + 1; i < line.size(); ++i) {
    if (quote == '"' && line[i] == '\\') {
      ++i;
    } else if (line[i] == quote) {
      if (quote == '"' || i + 1 >= line.size() || line[i + 1] != '\'')
        return i + 1;
      ++i;
    }
  }
  return std::string_view::npos;
}

std::size_t plain_end(std::string_view line, std::size_t begin, bool in_flow) {
  std::size_t end = begin;
  for (std::size_t i = begin; i < line.size(); ++i) {
    const char c = line[i];
    const bool blank_before = i > begin && (line[i - 1] == ' ' || line[i - 1] == '\t');
    const bool blank_after = i + 1 == line.size() || line[i + 1] == ' ' || line[i + 1] == '\t';
    if ((c == '#' && blank_before) || (c == ':' && blank_after))
      break;
    if (in_flow && std::string_view(",[]{}").find(c) != std::string_view::npos)
      break;
    if (c != ' ' && c != '\t')
      end = i + 1;
  }
  return end;
}

/// Whether nothing but a comment, a colon or, in a flow list, a separator follows.
bool ends_there(std::string_view line, std::size_t end, bool in_flow) {
  const std::size_t next = line.find_first_not_of(" \t", end);
  if (next == std::string_view::npos || line[next] == ':')
    return true;
  if (line[next] == '#')
    return next > end;
  return in_flow && std::string_view(",]}").find(line[next]) != std::string_view::npos;
}

}  // namespace

Document parse_document(const std::string& text) {
  Document document;
  TreeBuilder builder;
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    while (builder.documents() < 2 && parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    document.error = SyntaxError{place_of(error.mark), "YAML: " + error.msg, ""};
    return document;
  }
  if (builder.documents() > 1)
    document.error = SyntaxError{builder.last_start(),
                                 "a second YAML document begins here",
                                 "config.yaml is one document: every key begins in the same "
                                 "column, and there is no \"---\" between them"};
  else
    document.root = builder.take_root();
  return document;
}

std::vector<SyntaxError> structure_errors(const YamlNode& root) {
  if (root.kind != Kind::mapping)
    return {{root.place, "the file must consist of \"key: value\" lines", ""}};
  StructureCheck check;
  check.mapping(root);
  return check.errors;
}

std::optional<Span> scalar_span(std::string_view line, std::size_t column, bool in_flow) {
  const std::size_t begin = skip_tag(line, column);
  if (begin >= line.size() || line[begin] == '|' || line[begin] == '>')
    return std::nullopt;
  const bool quoted = line[begin] == '"' || line[begin] == '\'';
  const std::size_t end = quoted ? quote_end(line, begin) : plain_end(line, begin, in_flow);
  if (end == std::string_view::npos || end == begin || !ends_there(line, end, in_flow))
    return std::nullopt;
  return Span{begin, end, quoted ? line[begin] : '\0'};
}

}  // namespace omsctl::config
