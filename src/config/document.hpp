/// config.yaml as a tree that keeps what yaml-cpp's own tree hides: duplicate keys, aliases, tags
/// and every place.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace omsctl::config {

/// A byte of a text: line and column from 0.
struct Place {
  std::size_t line = 0;
  std::size_t column = 0;
  [[nodiscard]] bool operator==(const Place&) const = default;
};

struct YamlNode {
  enum class Kind { null, scalar, sequence, mapping, alias };
  Kind kind = Kind::null;
  Place place;  ///< of the tag when there is one; of what comes next when the value is left out
  std::string text;
  std::string tag;  ///< "?" plain, "!" quoted or block, else the tag in full
  bool anchored = false;
  bool flow = false;
  std::vector<YamlNode> items;  ///< of a mapping: key, value, key, value …

  [[nodiscard]] bool is_plain() const { return tag == "?"; }
};

struct SyntaxError {
  Place place;
  std::string message;
  std::string hint;
};

/// What a text holds. `root` is absent when it is empty or broken.
struct Document {
  std::optional<YamlNode> root;
  std::optional<SyntaxError> error;
};

/// Parses `text` (no byte order mark). Never throws for what the text says. More than one document
/// is an error.
[[nodiscard]] Document parse_document(const std::string& text);

/// The first thing in the tree that config.yaml must not hold: an anchor, alias, merge key, foreign
/// tag, duplicate key, a key that is no text, a value that is neither scalar nor list of scalars.
/// All of them, in order.
[[nodiscard]] std::vector<SyntaxError> structure_errors(const YamlNode& root);

inline constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// The bytes of a scalar on its line: from its first quote or character to behind its last.
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
  char quote = '\0';  ///< ' or " or none
};

/// The scalar at `column` of `line` (no line end), after its tag. Nothing when it does not end on
/// this line as scalars of config.yaml do: a block scalar, an open quote, text behind the closing
/// quote.
[[nodiscard]] std::optional<Span> scalar_span(std::string_view line,
                                              std::size_t column,
                                              bool in_flow);

}  // namespace omsctl::config
