#include "omsctl/base/diff.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include <dtl/dtl.hpp>
#include <fmt/format.h>

namespace omsctl::base {
namespace {

constexpr std::size_t context = 3;

/// One line of the way from one text to the other: kept (' '), removed ('-') or added ('+').
struct Line {
  char sign = ' ';
  std::string text;  ///< with its line end, if it has one
};

std::vector<std::string> with_line_ends(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::size_t length = end == std::string_view::npos ? text.size() : end + 1;
    lines.emplace_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  return lines;
}

/// The shortest way, removals before additions as diff(1) has them.
std::vector<Line> way(const std::string& before, const std::string& after) {
  dtl::Diff<std::string> diff(with_line_ends(before), with_line_ends(after));
  diff.compose();
  std::vector<Line> lines;
  for (const auto& step : diff.getSes().getSequence()) {
    const char sign = step.second.type == dtl::SES_COMMON   ? ' '
                      : step.second.type == dtl::SES_DELETE ? '-'
                                                            : '+';
    lines.push_back({sign, step.first});
  }
  const auto is_kept = [](const Line& line) { return line.sign == ' '; };
  for (auto from = lines.begin(); from != lines.end();) {
    from = std::find_if_not(from, lines.end(), is_kept);
    const auto end = std::find_if(from, lines.end(), is_kept);
    std::stable_partition(from, end, [](const Line& line) { return line.sign == '-'; });
    from = end;
  }
  return lines;
}

/// "12,3" as in a hunk's head: one line needs no count, none names the line before.
std::string range(std::size_t first, std::size_t count) {
  if (count == 1)
    return fmt::format("{}", first);
  return fmt::format("{},{}", count == 0 ? first - 1 : first, count);
}

/// Counts the lines of both texts that a stretch of the way passes.
struct Position {
  std::size_t before = 0;
  std::size_t after = 0;
  void pass(const Line& line) {
    before += line.sign == '+' ? 0U : 1U;
    after += line.sign == '-' ? 0U : 1U;
  }
};

/// The end of the hunk that begins at or before the change `from`: where more than twice the
/// context is kept.
std::size_t hunk_end(const std::vector<Line>& lines, std::size_t from) {
  std::size_t last_change = from;
  for (std::size_t i = from; i < lines.size() && i <= last_change + 2 * context + 1; ++i)
    if (lines[i].sign != ' ')
      last_change = i;
  return std::min(last_change + 1 + context, lines.size());
}

std::string hunk(const std::vector<Line>& lines,
                 std::size_t begin,
                 std::size_t end,
                 const Position& start) {
  Position counts;
  std::string body;
  for (std::size_t i = begin; i < end; ++i) {
    counts.pass(lines[i]);
    body.append(1, lines[i].sign).append(lines[i].text);
    if (!lines[i].text.ends_with('\n'))
      body += "\n\\ No newline at end of file\n";
  }
  return fmt::format("@@ -{} +{} @@\n{}",
                     range(start.before + 1, counts.before),
                     range(start.after + 1, counts.after),
                     body);
}

}  // namespace

std::string unified_diff(const std::string& before,
                         const std::string& after,
                         const std::string& before_label,
                         const std::string& after_label) {
  if (before == after)
    return {};
  const std::vector<Line> lines = way(before, after);
  std::string text = fmt::format("--- {}\n+++ {}\n", before_label, after_label);
  Position position;
  std::size_t done = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].sign == ' ')
      continue;
    const std::size_t begin = std::max(done, i >= context ? i - context : 0);
    const std::size_t end = hunk_end(lines, i);
    for (; done < begin; ++done)
      position.pass(lines[done]);
    text += hunk(lines, begin, end, position);
    for (; done < end; ++done)
      position.pass(lines[done]);
    i = end - 1;
  }
  return text;
}

}  // namespace omsctl::base
