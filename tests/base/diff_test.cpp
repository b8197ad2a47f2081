#include "omsctl/base/diff.hpp"

#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "omsctl/base/files.hpp"
#include "omsctl/base/text.hpp"

namespace omsctl::base {
namespace {

TEST(UnifiedDiff, IsEmptyForEqualTexts) {
  EXPECT_EQ(unified_diff("a\nb", "a\nb", "old", "new"), "");
  EXPECT_EQ(unified_diff("", "", "old", "new"), "");
}

TEST(UnifiedDiff, ShowsThreeLinesOfContext) {
  EXPECT_EQ(
      unified_diff("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n", "old", "new"),
      "--- old\n+++ new\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
}

TEST(UnifiedDiff, CountsAsDiffDoesWhenOneSideIsEmptyOrOneLineLong) {
  EXPECT_EQ(unified_diff("", "a\n", "old", "new"), "--- old\n+++ new\n@@ -0,0 +1 @@\n+a\n");
  EXPECT_EQ(unified_diff("a\n", "", "old", "new"), "--- old\n+++ new\n@@ -1 +0,0 @@\n-a\n");
}

TEST(UnifiedDiff, TellsAMissingFinalLineEnd) {
  EXPECT_EQ(unified_diff("a\nb", "a\nb\n", "old", "new"),
            "--- old\n+++ new\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n");
}

TEST(UnifiedDiff, KeepsCarriageReturns) {
  EXPECT_EQ(unified_diff("a\r\n", "b\r\n", "old", "new"),
            "--- old\n+++ new\n@@ -1 +1 @@\n-a\r\n+b\r\n");
}

TEST(UnifiedDiff, SplitsHunksMoreThanSixLinesApartAndJoinsOthers) {
  EXPECT_EQ(unified_diff("a\n1\n2\n3\n4\n5\n6\nb\n", "A\n1\n2\n3\n4\n5\n6\nB\n", "o", "n"),
            "--- o\n+++ n\n@@ -1,8 +1,8 @@\n-a\n+A\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n+B\n");
  EXPECT_EQ(
      unified_diff("a\n1\n2\n3\n4\n5\n6\n7\nb\n", "A\n1\n2\n3\n4\n5\n6\n7\nB\n", "o", "n"),
      "--- o\n+++ n\n@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n 3\n@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-b\n+B\n");
}

/// Applies a diff as patch(1) does, trusting its line numbers.
std::string patched(const std::string& before, const std::string& diff) {
  std::vector<std::string> source = split(before, '\n');
  std::string result;
  std::size_t done = 0;
  std::vector<std::string> lines = split(diff, '\n');
  for (std::size_t i = 2; i + 1 < lines.size(); ++i) {
    const std::string& line = lines[i];
    if (line.starts_with("@@ -")) {
      const std::size_t first = std::stoul(line.substr(4));
      const std::size_t comma = line.find(',');
      const bool empty = comma < line.find('+') && line[comma + 1] == '0';
      for (; done + 1 < first + (empty ? 1 : 0); ++done)
        result += source[done] + "\n";
    } else if (line.starts_with('\\')) {
      if (lines[i - 1][0] != '-')
        result.pop_back();
    } else {
      done += line[0] == '+' ? 0U : 1U;
      result += line[0] == '-' ? "" : line.substr(1) + "\n";
    }
  }
  for (; done < source.size(); ++done)
    result += source[done] + (done + 1 < source.size() ? "\n" : "");
  return result;
}

TEST(UnifiedDiff, TurnsOneRandomTextIntoTheOther) {
  std::mt19937 random(20261122);
  const auto text = [&] {
    std::string result;
    for (auto lines = random() % 30; lines > 0; --lines)
      result += std::string(1, static_cast<char>('a' + random() % 3)) + "\n";
    if (!result.empty() && random() % 3 == 0)
      result.pop_back();
    return result;
  };
  for (int i = 0; i < 2000; ++i) {
    const std::string before = text();
    const std::string after = text();
    const std::string diff = unified_diff(before, after, "old", "new");
    ASSERT_EQ(diff.empty() ? before : patched(before, diff), after) << before << "---\n" << diff;
  }
}

TEST(UnifiedDiff, CopesWithLargeTextsThatHaveNothingInCommon) {
  std::string before;
  std::string after;
  for (int i = 0; i < 3000; ++i) {
    before += "old " + std::to_string(i) + "\n";
    after += "new " + std::to_string(i) + "\n";
  }
  EXPECT_EQ(patched(before, unified_diff(before, after, "old", "new")), after);
}

}  // namespace
}  // namespace omsctl::base
