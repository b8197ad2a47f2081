#include "omsctl/config/editor.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "omsctl/base/error.hpp"
#include "omsctl/config/values.hpp"

#include "config/settings_samples.hpp"

namespace omsctl::config {
namespace {

std::string edited_url(const std::string& text, const std::string& url) {
  return edit_settings(text, {.cm_url = url, .cm_nodes = {}});
}

std::string edited_nodes(const std::string& text, const std::vector<std::string>& nodes) {
  return edit_settings(text, {.cm_url = {}, .cm_nodes = nodes});
}

TEST(EditUrl, KeepsQuotesTagsCommentsAndLineEnds) {
  EXPECT_EQ(edited_url("a: b\ncm_url: http://x:1  # the VIP\nc: d", "http://y:2"),
            "a: b\ncm_url: http://y:2  # the VIP\nc: d");
  EXPECT_EQ(edited_url("\"cm_url\": 'http://x:1'\r\n", "http://y:2"),
            "\"cm_url\": 'http://y:2'\r\n");
  EXPECT_EQ(edited_url("cm_url :   !!str \"http://x:1\" # c\n", "http://y:2"),
            "cm_url :   !!str \"http://y:2\" # c\n");
  EXPECT_EQ(edited_url("\xEF\xBB\xBF"
                       "cm_url: x",
                       "http://y:2"),
            "\xEF\xBB\xBF"
            "cm_url: http://y:2");
  EXPECT_EQ(edited_url("{\"cm_url\": \"x\", \"b\": 1}", "http://y:2"),
            "{\"cm_url\": \"http://y:2\", \"b\": 1}");
}

TEST(EditUrl, FillsInAValueThatIsMissing) {
  EXPECT_EQ(edited_url("cm_url:   # none yet\na: b\n", "http://y:2"),
            "cm_url: http://y:2   # none yet\na: b\n");
  EXPECT_EQ(edited_url("cm_url: ~\n", "http://y:2"), "cm_url: http://y:2\n");
  EXPECT_EQ(edited_url("\"a\": b", "http://y:2"), "\"a\": b\n\"cm_url\": http://y:2");
}

TEST(EditNodes, AppendsInTheStyleOfTheFirstItem) {
  EXPECT_EQ(edited_nodes("cm_nodes:\n - a\nb: c\n", {"a", "d"}), "cm_nodes:\n - a\n - d\nb: c\n");
  EXPECT_EQ(edited_nodes("cm_nodes:\n- 'a' # first\n", {"a", "d"}),
            "cm_nodes:\n- 'a' # first\n- 'd'\n");
  EXPECT_EQ(edited_nodes("cm_nodes:\r\n    -   \"a\"\r\nb: c\r\n", {"a", "d"}),
            "cm_nodes:\r\n    -   \"a\"\r\n    -   \"d\"\r\nb: c\r\n");
  EXPECT_EQ(edited_nodes("cm_nodes:\n  - a", {"a", "d"}), "cm_nodes:\n  - a\n  - d");
}

TEST(EditNodes, KeepsCommentsBetweenItems) {
  EXPECT_EQ(edited_nodes("cm_nodes:  # all\n  # one\n  - a  # A\n\n  # two\n  - b\n# end\nc: d\n",
                         {"a", "b", "e"}),
            "cm_nodes:  # all\n  # one\n  - a  # A\n\n  # two\n  - b\n  - e\n# end\nc: d\n");
  EXPECT_EQ(edited_nodes("cm_nodes:\n  # one\n  - a  # A\n  # two\n  - b\n", {"b"}),
            "cm_nodes:\n  # one\n  # two\n  - b\n");
}

TEST(EditNodes, FollowsTheOrderThatIsAskedFor) {
  EXPECT_EQ(edited_nodes("cm_nodes:\n - a\n - c # C\n", {"x", "a", "b", "c"}),
            "cm_nodes:\n - x\n - a\n - b\n - c # C\n");
  EXPECT_EQ(edited_nodes("cm_nodes:\n - a # A\n - b", {"b", "a"}), "cm_nodes:\n - b\n - a # A");
  EXPECT_EQ(edited_nodes("cm_nodes: [a, b]\n", {"b", "a"}), "cm_nodes: [b, a]\n");
}

TEST(EditNodes, KeepsListsInBrackets) {
  EXPECT_EQ(edited_nodes("cm_nodes: [a, b] # c\n", {"a", "b", "d"}), "cm_nodes: [a, b, d] # c\n");
  EXPECT_EQ(edited_nodes("cm_nodes: [ \"a\",\"b\" ]\n", {"a", "b", "d"}),
            "cm_nodes: [ \"a\",\"b\",\"d\" ]\n");
  EXPECT_EQ(edited_nodes("cm_nodes: [a, b, c]\n", {"b"}), "cm_nodes: [b]\n");
  EXPECT_EQ(edited_nodes("cm_nodes: [a,]\n", {"a", "b"}), "cm_nodes: [a, b,]\n");
  EXPECT_EQ(edited_nodes("cm_nodes: []  # none\n", {"a", "b"}), "cm_nodes: [a, b]  # none\n");
}

TEST(EditNodes, KeepsListsInBracketsOverSeveralLines) {
  const std::string text = "cm_nodes: [\n  a,  # A\n  # between\n  b   # B\n]\nc: d\n";
  EXPECT_EQ(edited_nodes(text, {"a", "b", "e"}),
            "cm_nodes: [\n  a,  # A\n  # between\n  b,   # B\n  e\n]\nc: d\n");
  EXPECT_EQ(edited_nodes(text, {"a"}), "cm_nodes: [\n  a,  # A\n]\nc: d\n");
  EXPECT_EQ(edited_nodes("cm_nodes: [a, # A\n  b]\n", {"b", "c"}), "cm_nodes: [\n  b,\n  c]\n");
}

TEST(EditNodes, AddsAListThatIsMissing) {
  EXPECT_EQ(edited_nodes("\"cm_url\": \"x\" # c\n\"b\": 1\n", {"a"}),
            "\"cm_url\": \"x\" # c\n\"cm_nodes\":\n  - \"a\"\n\"b\": 1\n");
  EXPECT_EQ(edited_nodes("b: 1", {"a", "c"}), "b: 1\ncm_nodes:\n  - a\n  - c");
  EXPECT_EQ(edited_nodes("cm_nodes: # none\nb: 1\n", {"a"}), "cm_nodes: # none\n  - a\nb: 1\n");
  EXPECT_EQ(edited_nodes("cm_nodes: null\nb: 1\n", {"a", "c"}), "cm_nodes: [a, c]\nb: 1\n");
}

TEST(EditNodes, QuotesWhatPlainTextCannotHold) {
  EXPECT_EQ(edited_nodes("cm_nodes:\n- a\n", {"a", "::1"}), "cm_nodes:\n- a\n- \"::1\"\n");
  EXPECT_EQ(edited_nodes("cm_nodes: [a]\n", {"a", "2001:db8::1"}),
            "cm_nodes: [a, \"2001:db8::1\"]\n");
}

TEST(Edit, ChangesBothAtOnce) {
  EXPECT_EQ(edit_settings("cm_nodes:\n- a\ncm_url: x\n",
                          {.cm_url = "http://y:2", .cm_nodes = {{"a", "b"}}}),
            "cm_nodes:\n- a\n- b\ncm_url: http://y:2\n");
}

TEST(Edit, RefusesWhatItCannotChangeSafely) {
  const std::vector<std::string> texts{"cm_url: &a x\ncm_nodes: [a]\n",
                                       "cm_url: x\ncm_url: y\n",
                                       "cm_url: x\n---\na: b\n",
                                       "cm_url: |\n  x\n",
                                       "cm_url: x\n  y\n",
                                       "cm_url: [x]\n",
                                       "cm_url:x\n",
                                       "",
                                       "cm_url: \"x\n"};
  for (const std::string& text : texts) {
    try {
      static_cast<void>(edited_url(text, "http://y:2"));
      FAIL() << text;
    } catch (const base::Error& error) {
      EXPECT_EQ(error.code(), base::Code::config) << text;
    }
  }
  EXPECT_THROW(static_cast<void>(edited_nodes("cm_nodes:\n - a\n", {})), base::Error);
  EXPECT_THROW(static_cast<void>(edited_nodes("cm_nodes: a\n", {"b"})), base::Error);
  EXPECT_THROW(static_cast<void>(edited_url("cm_url: a\n", "x\ny: z")), base::Error);
}

/// Writes config.yaml files in many styles.
class Styles {
 public:
  explicit Styles(unsigned seed) : random_(seed) {}

  std::size_t below(std::size_t limit) { return random_() % limit; }

  std::string one_of(const std::vector<std::string>& choices) {
    return choices[below(choices.size())];
  }

  std::vector<std::string> some_nodes() {
    std::vector<std::string> nodes{
        "192.0.2.11", "192.0.2.12", "oms3.example.com", "2001:db8::4", "oms-5"};
    std::shuffle(nodes.begin(), nodes.end(), random_);
    nodes.resize(1 + below(nodes.size()));
    return nodes;
  }

  std::string file(const std::vector<std::string>& nodes) {
    const std::string url =
        key("cm_url") + ": " + quoted("http://192.0.2.11:8088") + comment() + "\n";
    const std::string list = below(3) == 0 ? flow(nodes) : block(nodes);
    std::string text = one_of({"", "# head\n", "---\n"}) + "drc_rm_db: oms_rm\n";
    text += below(2) == 0 ? url + list : list + filler() + url;
    text += filler();
    if (below(2) == 0)
      text.pop_back();
    return below(3) == 0 ? windows(text) : text;
  }

 private:
  std::string comment() { return one_of({"", "", "  # 192.0.2.11, [x]: \"y", " #"}); }
  std::string filler() {
    const std::string name = "key" + std::to_string(++fillers_);
    return one_of({name + ": 1\n",
                   "\"" + name + "\": 'b'\n# end\n",
                   "\n" + name + ": 'd'\n\n",
                   name + ": [f]\n"});
  }
  std::string key(const std::string& name) {
    return one_of({name, "\"" + name + "\"", "'" + name + "'"});
  }

  std::string quoted(const std::string& value) {
    const std::string quote = one_of({"", "\"", "'"});
    return quote + value + quote;
  }

  std::string block(const std::vector<std::string>& nodes) {
    std::string text = key("cm_nodes") + ":" + comment() + "\n";
    const std::string lead = one_of({"- ", " - ", "  - ", "    -   "});
    for (const std::string& node : nodes)
      text += one_of({"", "", "# between\n", "\n", "   # deep - x\n"}) + lead + quoted(node) +
              comment() + "\n";
    return text;
  }

  std::string flow(const std::vector<std::string>& nodes) {
    const std::string gap = one_of({"", " ", "\n   "});
    std::string text = key("cm_nodes") + ": [" + gap;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      text += nodes[i].find(':') == std::string::npos ? quoted(nodes[i]) : "'" + nodes[i] + "'";
      const bool last = i + 1 == nodes.size();
      text += last ? one_of({"", ","}) : ",";
      text += gap.starts_with('\n') ? comment() : "";
      text += last ? "" : gap;
    }
    return text + (gap.starts_with('\n') ? "\n   ]" : gap + "]") + comment() + "\n";
  }

  static std::string windows(const std::string& text) {
    std::string result;
    for (const char c : text)
      result += c == '\n' ? std::string("\r\n") : std::string(1, c);
    return result;
  }

  std::mt19937 random_;
  int fillers_ = 0;
};

/// The lines of `text` that no edit may touch: all but cm_url's and those of the list's items.
std::vector<std::string> other_lines(const std::string& text) {
  std::vector<std::string> lines;
  bool in_brackets = false;
  for (const std::string& line : base::split(text, '\n')) {
    const std::string_view body = base::trim(line);
    const bool nodes =
        body.find("cm_nodes") != std::string_view::npos && body.find('[') != std::string_view::npos;
    const bool edited = in_brackets || nodes || body.find("cm_url") != std::string_view::npos ||
                        body.starts_with("- ");
    in_brackets = (in_brackets || nodes) &&
                  body.substr(0, body.find(" #")).find(']') == std::string_view::npos;
    if (!edited && !body.empty())
      lines.push_back(line.ends_with('\r') ? line.substr(0, line.size() - 1) : line);
  }
  return lines;
}

TEST(EditProperty, EveryStyleTakesEveryEditAndKeepsItsOtherLines) {
  Styles styles(20261122);
  for (int i = 0; i < 4000; ++i) {
    const std::vector<std::string> nodes = styles.some_nodes();
    const std::string text = styles.file(nodes);
    ASSERT_EQ(edit_settings(text, {.cm_url = "http://192.0.2.11:8088", .cm_nodes = nodes}), text);
    const SettingsEdit edit{.cm_url = "http://192.0.2.100:8088", .cm_nodes = styles.some_nodes()};
    Values wanted = values_of(text);
    wanted["cm_url"] = *edit.cm_url;
    wanted["cm_nodes"] = *edit.cm_nodes;
    std::string result;
    ASSERT_NO_THROW(result = edit_settings(text, edit))
        << text << "\n-> " << base::join(*edit.cm_nodes, " ");
    ASSERT_EQ(values_of(result), wanted) << text << "\n->\n" << result;
    ASSERT_EQ(other_lines(result), other_lines(text)) << text << "\n->\n" << result;
    ASSERT_EQ(result.find('\r') == std::string::npos, text.find('\r') == std::string::npos);
    ASSERT_EQ(edit_settings(result, edit), result);
  }
}

TEST(EditProperty, AddingNodesAndTakingThemAwayAgainGivesTheSameBytes) {
  Styles styles(42);
  int compared = 0;
  for (int i = 0; i < 2000; ++i) {
    const std::string text = styles.file({"192.0.2.11", "192.0.2.12"});
    const std::size_t list = text.find('[', text.find("cm_nodes"));
    if (text.find_first_of("\r\n", list) < text.find(']', list))
      continue;
    const std::string more = edited_nodes(text, {"192.0.2.11", "192.0.2.12", "192.0.2.13"});
    ++compared;
    ASSERT_EQ(edited_nodes(more, {"192.0.2.11", "192.0.2.12"}), text) << more;
  }
  EXPECT_GT(compared, 1000);
}

}  // namespace
}  // namespace omsctl::config
