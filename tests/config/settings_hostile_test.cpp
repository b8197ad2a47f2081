// The loader over thousands of spoiled files, always the same ones: it never crashes, hangs or
// throws, and what it rejects it names with line and column.
#include <sys/resource.h>

#include <chrono>
#include <ostream>
#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "omsctl/base/error.hpp"
#include "omsctl/base/files.hpp"
#include "omsctl/config/editor.hpp"
#include "omsctl/config/redaction.hpp"
#include "omsctl/config/settings.hpp"
#include "omsctl/config/values.hpp"

#include "settings_samples.hpp"

namespace omsctl::config {
namespace {

using Clock = std::chrono::steady_clock;

/// For the worst file, built for debugging on a busy machine; a hang takes for ever.
constexpr std::chrono::seconds patience{20};

/// Of which a mistake is made: what breaks YAML, YAML readers and terminals.
const std::vector<std::string>& splinters() {
  static const std::vector<std::string> list{"\t",
                                             "\r",
                                             "\r\n",
                                             std::string(1, '\0'),
                                             "\x1b[2J",
                                             "\xff",
                                             "\xC2\x9B",
                                             "\xEF\xBB\xBF",
                                             "\xE2\x80\xA8",
                                             "\xF0\x9F\x98\x80",
                                             "&a ",
                                             "*a",
                                             "<<: *a\n",
                                             "---\n",
                                             "...\n",
                                             "%YAML 9.9\n",
                                             "!!bool ",
                                             "!x ",
                                             "'",
                                             "\"",
                                             "\\",
                                             "|\n",
                                             ">-\n",
                                             "{",
                                             "}",
                                             "[",
                                             "]",
                                             ",",
                                             "?",
                                             "? ",
                                             ": ",
                                             ":",
                                             "- ",
                                             "#",
                                             " #",
                                             "\n",
                                             "`",
                                             "@",
                                             "%",
                                             "~",
                                             "null",
                                             "\"\\x",
                                             "\"\\u12",
                                             "${x}",
                                             "cm_url: ",
                                             "cm_nodes: [a, b]\n",
                                             "init_db: true\n"};
  return list;
}

std::string mutated(std::mt19937& random) {
  std::string text = good_config();
  const auto place = [&] { return random() % (text.size() + 1); };
  for (unsigned times = 1 + random() % 4; times > 0; --times) {
    switch (random() % 6) {
      case 0:  // a bit
        if (!text.empty()) {
          char& byte = text[random() % text.size()];
          byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (1U << (random() % 8)));
        }
        break;
      case 1:  // cut off
        text.resize(place());
        break;
      case 2:  // a piece left out
        text.erase(std::min(place(), text.size()), random() % 20);
        break;
      case 3: {  // a piece said again elsewhere
        const std::string piece = text.substr(place(), random() % 40);
        text.insert(place(), piece);
        break;
      }
      default:
        text.insert(place(), splinters()[random() % splinters().size()]);
    }
  }
  return text;
}

/// What is not there has no place of its own.
bool is_about_something_missing(const Problem& problem) {
  return problem.message.ends_with("is missing") || problem.message.starts_with("the file");
}

void expect_places(const LoadedSettings& loaded, const std::string& text) {
  const std::size_t lines = base::split(text, '\n').size();
  for (const Problem& problem : loaded.problems) {
    if (problem.is_error && problem.line == 0) {
      EXPECT_TRUE(is_about_something_missing(problem)) << problem.message;
      continue;
    }
    EXPECT_LE(problem.line, lines + 1) << problem.message;
    EXPECT_TRUE(problem.line == 0 || problem.column >= 1) << problem.message;
    EXPECT_EQ(base::printable_lines(describe("f", problem)), describe("f", problem));
  }
}

/// All that is done with a file of an operator or of a node.
void go_through(const std::string& text) {
  const LoadedSettings target = load_settings(text, Origin::target);
  EXPECT_EQ(target.settings.has_value(), !target.has_errors());
  expect_places(target, text);
  (void)load_settings(text, Origin::deployed);
  (void)redacted(text);
  try {
    (void)values_of(text);
    (void)edit_settings(text, {"http://192.0.2.200:8088", {{"192.0.2.11", "192.0.2.13"}}});
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), base::Code::config) << error.what();
  }
}

TEST(HostileSettings, ThousandsOfSpoiledFilesAreReadOrRejectedWithAPlace) {
  for (unsigned seed = 1; seed <= 3000; ++seed) {
    std::mt19937 random(seed);
    const std::string text = mutated(random);
    ASSERT_NO_THROW(go_through(text)) << "seed " << seed << "\n" << text;
    if (::testing::Test::HasFailure())
      FAIL() << "seed " << seed << "\n" << base::printable_lines(text);
  }
}

constexpr std::size_t largest = 256UL * 1024UL;

/// `piece` until a file is as large as one may be.
std::string full_of(const std::string& piece, const std::string& begin = "") {
  std::string text = begin;
  text.reserve(largest);
  while (text.size() + piece.size() < largest)
    text += piece;
  return text;
}

std::string laughing() {
  std::string text = "a: &a [x,x,x,x,x,x,x,x,x]\n";
  for (char c = 'b'; c <= 'z'; ++c) {
    text += fmt::format("{0}: &{0} [", c);
    for (int i = 0; i < 9; ++i)
      text += fmt::format("{}*{}", i == 0 ? "" : ",", static_cast<char>(c - 1));
    text += "]\n";
  }
  return text;
}

/// A file full of `piece` behind `begin`; without a piece, the text of laughing().
struct Shape {
  const char* name;
  const char* piece;
  const char* begin = "";
};

std::ostream& operator<<(std::ostream& out, const Shape& shape) {
  return out << shape.name;
}

class HostileFile : public ::testing::TestWithParam<Shape> {};

TEST_P(HostileFile, CostsNeitherTimeNorMemory) {
  const auto peak = [] {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss / 1024;
  };
  const Shape& shape = GetParam();
  const std::string text = *shape.piece == '\0' ? laughing() : full_of(shape.piece, shape.begin);
  const auto start = Clock::now();
  const long before = peak();
  ASSERT_NO_THROW(go_through(text));
  EXPECT_LT(Clock::now() - start, patience);
  EXPECT_LT(peak() - before, 500) << "MiB";
}

INSTANTIATE_TEST_SUITE_P(Shapes,
                         HostileFile,
                         ::testing::Values(Shape{"FlowListsInEachOther", "[", "x: "},
                                           Shape{"FlowMappingsInEachOther", "{a: ", "x: "},
                                           Shape{"BlockListsInEachOther", "- ", "x:\n "},
                                           Shape{"ExplicitKeysInEachOther", "? "},
                                           Shape{"OneScalar", "x", "cm_region: "},
                                           Shape{"OneQuotedScalar", "\\\\", "cm_region: \""},
                                           Shape{"OneBlockScalar", "  x\n", "cm_region: |\n"},
                                           Shape{"Lines", "a: b\n"},
                                           Shape{"Nodes", " - 192.0.2.1\n", "cm_nodes:\n"},
                                           Shape{"FlowNodes", "a,", "cm_nodes: ["},
                                           Shape{"Colons", ":"},
                                           Shape{"KeysWithoutBlank", "cm_url:x\n"},
                                           Shape{"Tabs", "\t"},
                                           Shape{"TabLines", "\tx\n"},
                                           Shape{"OpenQuotes", "a: 'b\n"},
                                           Shape{"Documents", "---\n"},
                                           Shape{"Anchors", "&a "},
                                           Shape{"Aliases", "*a, ", "x: [&a b, "},
                                           Shape{"Tags", "!"},
                                           Shape{"Comments", "#\n"},
                                           Shape{"LineEnds", "\r\n"},
                                           Shape{"Laughing", ""}),
                         [](const ::testing::TestParamInfo<Shape>& shape) {
                           return shape.param.name;
                         });

TEST(HostileSettings, AFileTooLargeIsNotRead) {
  const base::TempDir place;
  base::write_file(place.path() / "c.yaml", std::string(largest + 1, 'x'), {0600});
  const LoadedSettings loaded = load_settings_file((place.path() / "c.yaml").string());
  ASSERT_EQ(loaded.problems.size(), 1U);
  EXPECT_NE(loaded.problems[0].message.find("too large"), std::string::npos);
}

}  // namespace
}  // namespace omsctl::config
