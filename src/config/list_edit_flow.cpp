#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "list_edit.hpp"

namespace omsctl::config {
namespace {

constexpr std::size_t none = std::string::npos;

/// One item of a list in brackets with what belongs to it: the blanks or lines before it, and
/// behind it its comma and the comment on its line.
struct Chunk {
  std::string lead;
  std::string token;
  std::string tail;
  [[nodiscard]] std::size_t comma() const {
    const std::size_t comment = tail.find('#');
    const std::size_t comma = tail.find(',');
    const std::size_t last = tail.rfind(',');
    return comment == none || comma < comment ? comma
           : tail.find('\n', comment) < last  ? last
                                              : none;
  }
};

bool is_blanks(std::string_view text) {
  return text.find_first_not_of(' ') == std::string_view::npos;
}

/// Reads a list in brackets as chunks and writes it back with other items.
class FlowList {
 public:
  FlowList(const SourceText& source, const YamlNode& node) : source_(source), text_(source.text()) {
    open_ = text_.find('[', source.offset(node.place));
    if (open_ == none)
      refuse_edit("cm_nodes is no list");
    std::size_t done = open_ + 1;
    for (const YamlNode& item : node.items)
      done = read(item, done);
    close_ = skip(done, false);
    if (close_ >= text_.size() || text_[close_] != ']')
      refuse_edit("the list of cm_nodes is not closed");
    spans_lines_ = text_.substr(open_, close_ - open_).find('\n') != none;
    trailing_comma_ = !chunks_.empty() && chunks_.back().comma() != none;
    done_ = done;
  }

  std::vector<Replacement> become(const std::vector<std::string>& wanted,
                                  const std::vector<std::size_t>& origin) const {
    std::string list;
    std::string before;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      Chunk chunk = origin[i] == none ? new_chunk(wanted[i]) : chunks_[origin[i]];
      set_lead(chunk, i == 0, origin[i], before);
      set_comma(chunk, i + 1 == wanted.size(), origin[i] == none);
      before = chunk.tail;
      list += chunk.lead + chunk.token + chunk.tail;
    }
    return {{open_ + 1, done_, list}};
  }

 private:
  /// The next character from `from` on that is neither blank nor comment, nor, if `over_comma`, the
  /// one comma.
  std::size_t skip(std::size_t from, bool over_comma) const {
    for (std::size_t i = from; i < text_.size(); ++i) {
      if (text_[i] == '#')
        i = std::min(text_.find('\n', i), text_.size() - 1);
      else if (over_comma && text_[i] == ',')
        over_comma = false;
      else if (std::string_view(" \t\r\n").find(text_[i]) == std::string_view::npos)
        return i;
    }
    return text_.size();
  }

  /// Adds the chunk of `item`, whose lead begins at `from`; returns where its tail ends.
  std::size_t read(const YamlNode& item, std::size_t from) {
    const Span span = span_of(source_, item, true);
    const std::size_t begin = source_.line_begin(item.place.line);
    if (chunks_.empty()) {
      quote_ = span.quote;
      column_ = item.place.column;
    }
    const std::size_t end = begin + span.end;
    std::size_t tail = end;
    const std::size_t next = skip(end, false);
    if (next < text_.size() && text_[next] == ',')
      tail = next + 1;
    const std::size_t rest = std::min(text_.find_first_not_of(" \t", tail), text_.size());
    if (rest < text_.size() && text_[rest] == '#')
      tail = std::min(text_.find_first_of("\r\n", rest), text_.size());
    chunks_.push_back({text_.substr(from, begin + item.place.column - from),
                       text_.substr(begin + item.place.column, end - begin - item.place.column),
                       text_.substr(end, tail - end)});
    return tail;
  }

  Chunk new_chunk(const std::string& value) const {
    return {separator(), rendered(value, quote_, true), trailing_comma_ ? "," : ""};
  }

  /// What stands before an item that is not the first.
  std::string separator() const {
    if (chunks_.empty())
      return " ";
    const std::string& lead = chunks_.back().lead;
    const std::size_t line = lead.rfind('\n');
    if (line != none)
      return source_.line_break() + lead.substr(line + 1);
    return chunks_.size() > 1 ? lead : " ";
  }

  void set_lead(Chunk& chunk, bool is_first, std::size_t from, const std::string& before) const {
    if (is_blanks(chunk.lead) || (is_first && from == none)) {
      if (is_first)
        chunk.lead = chunks_.empty() ? "" : chunks_.front().lead;
      else if (from == 0)
        chunk.lead = separator();
    }
    if (before.find('#') != none && chunk.lead.find('\n') == none)
      chunk.lead = source_.line_break() + std::string(column_, ' ');
  }

  void set_comma(Chunk& chunk, bool is_last, bool is_new) const {
    const std::size_t comma = chunk.comma();
    if (!is_last && comma == none)
      chunk.tail.insert(0, 1, ',');
    else if (is_last && comma != none && !trailing_comma_ && !is_new && !spans_lines_)
      chunk.tail.erase(comma, 1);
  }

  const SourceText& source_;
  const std::string& text_;
  std::size_t open_ = 0;
  std::size_t close_ = 0;
  std::size_t done_ = 0;  ///< where the last item's tail ends
  std::size_t column_ = 0;
  bool spans_lines_ = false;
  bool trailing_comma_ = false;
  char quote_ = '\0';
  std::vector<Chunk> chunks_;
};

}  // namespace

std::vector<Replacement> edit_flow_list(const SourceText& source,
                                        const YamlNode& node,
                                        const std::vector<std::string>& wanted) {
  return FlowList(source, node).become(wanted, matched(node.items, wanted));
}

}  // namespace omsctl::config
