#include <algorithm>
#include <string>
#include <vector>

#include "list_edit.hpp"

namespace omsctl::config {
namespace {

constexpr std::size_t none = std::string::npos;

/// A block list as slots: the lines of its items. What stands between them (comments, blank lines)
/// never moves.
class BlockList {
 public:
  BlockList(const SourceText& source, const YamlNode& node) : source_(source) {
    for (const YamlNode& item : node.items) {
      const std::string_view line = source.line(item.place.line);
      const Span span = span_of(source, item, false);
      const std::size_t dash = line.find_first_not_of(' ');
      if (line[dash] != '-' || line.find_first_not_of(" \t", dash + 1) != item.place.column ||
          (!lines_.empty() && lines_.back() == item.place.line))
        refuse_edit("an item of cm_nodes does not stand on a line of its own");
      if (lines_.empty()) {
        prefix_ = line.substr(0, item.place.column);
        quote_ = span.quote;
      }
      lines_.push_back(item.place.line);
    }
    slots_.resize(lines_.size());
  }

  std::vector<Replacement> become(const std::vector<std::string>& wanted,
                                  const std::vector<std::size_t>& origin) {
    std::vector<std::size_t> kept = origin;
    kept.erase(std::remove(kept.begin(), kept.end(), none), kept.end());
    std::size_t slot = 0;
    if (std::is_sorted(kept.begin(), kept.end())) {
      slot = kept.empty() ? 0 : kept.front();
      for (std::size_t i = 0; i < wanted.size(); ++i) {
        slot = origin[i] == none ? slot : origin[i];
        slots_[slot] += item_line(wanted[i], origin[i]);
      }
    } else {
      for (std::size_t i = 0; i < wanted.size(); ++i, ++slot)
        slots_[std::min(slot, slots_.size() - 1)] += item_line(wanted[i], origin[i]);
    }
    return replacements();
  }

 private:
  std::string item_line(const std::string& value, std::size_t from) const {
    if (from == none)
      return prefix_ + rendered(value, quote_, false) + source_.line_break();
    const std::size_t begin = source_.line_begin(lines_[from]);
    std::string line = source_.text().substr(begin, source_.line_end(lines_[from]) - begin);
    return line.ends_with('\n') ? line : line + source_.line_break();
  }

  std::vector<Replacement> replacements() const {
    std::vector<Replacement> result;
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      const std::size_t begin = source_.line_begin(lines_[i]);
      const std::size_t end = source_.line_end(lines_[i]);
      std::string text = slots_[i];
      if (!source_.text().substr(begin, end - begin).ends_with('\n') && !text.empty())
        text.resize(text.size() - (text.ends_with("\r\n") ? 2 : 1));
      result.push_back({begin, end, text});
    }
    return result;
  }

  const SourceText& source_;
  std::string prefix_;
  char quote_ = '\0';
  std::vector<std::size_t> lines_;
  std::vector<std::string> slots_;
};

}  // namespace

std::vector<Replacement> edit_block_list(const SourceText& source,
                                         const YamlNode& node,
                                         const std::vector<std::string>& wanted) {
  return BlockList(source, node).become(wanted, matched(node.items, wanted));
}

}  // namespace omsctl::config
