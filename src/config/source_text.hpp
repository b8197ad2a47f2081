/// A config.yaml as bytes with lines, and replacements in it: what editing without reformatting
/// needs.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "document.hpp"

namespace omsctl::config {

/// Bytes `begin` to `end` become `text`.
struct Replacement {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string text;
};

/// The text and where its lines are. Places count from behind a byte order mark.
class SourceText {
 public:
  explicit SourceText(const std::string& text);

  [[nodiscard]] const std::string& text() const { return text_; }
  /// Without the byte order mark: what the parser reads.
  [[nodiscard]] std::string body() const;
  [[nodiscard]] std::size_t offset(Place place) const;
  [[nodiscard]] std::size_t line_begin(std::size_t line) const;
  /// Behind the line end.
  [[nodiscard]] std::size_t line_end(std::size_t line) const;
  /// Without its line end.
  [[nodiscard]] std::string_view line(std::size_t line) const;
  /// The line end that this file uses.
  [[nodiscard]] const std::string& line_break() const { return line_break_; }

  /// The text with `replacements` (which do not overlap) made.
  [[nodiscard]] std::string with(std::vector<Replacement> replacements) const;
  /// Whole `lines` put before the line that begins at `offset`, also at the end of a file without a
  /// final line end.
  [[nodiscard]] Replacement insert_lines(std::size_t offset,
                                         const std::vector<std::string>& lines) const;

 private:
  const std::string& text_;
  std::vector<std::size_t> begins_;
  std::string line_break_ = "\n";
};

/// Where an edit cannot be made. Throws Error{config}.
[[noreturn]] void refuse_edit(const std::string& reason);

/// `value` as a scalar with `quote` (none: plain, unless it must be quoted). Throws Error{config}
/// for control characters.
[[nodiscard]] std::string rendered(const std::string& value, char quote, bool in_flow);

/// The span of the scalar `node`. Throws Error{config} when it is not a plain or quoted scalar on
/// one line.
[[nodiscard]] Span span_of(const SourceText& source, const YamlNode& node, bool in_flow);

}  // namespace omsctl::config
