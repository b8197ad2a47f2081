#include "omsctl/base/text.hpp"

#include <gtest/gtest.h>

namespace omsctl::base {
namespace {

TEST(Printable, ShowsAnEscapeSequenceInsteadOfObeyingIt) {
  EXPECT_EQ(printable("a\x1b[31mred"), "a\\x1b[31mred");
}

TEST(Printable, KeepsChineseTextAndFourByteCharacters) {
  EXPECT_EQ(printable("【结束】\xF0\x9F\x98\x80"), "【结束】\xF0\x9F\x98\x80");
}

TEST(Printable, ShowsBrokenUtf8AndBidirectionalOverrides) {
  EXPECT_EQ(printable("\xC3("), "\\xc3(");
  EXPECT_EQ(printable("\xE2\x80\xAE"), "\\xe2\\x80\\xae");
  EXPECT_EQ(printable("\xC0\xAF"), "\\xc0\\xaf");
}

TEST(Printable, ShowsCharactersThatHideOrReorder) {
  for (const char* hidden : {"\xC2\x9B",      // U+009B, another way to begin an escape sequence
                             "\xC2\xAD",      // soft hyphen
                             "\xD8\x9C",      // Arabic letter mark
                             "\xE2\x80\x8B",  // zero width space
                             "\xE2\x81\xA0",  // word joiner
                             "\xEF\xBF\xBA",  // interlinear annotation
                             "\xF3\xA0\x81\x81"})  // tag letter
    EXPECT_EQ(printable(hidden).find(hidden), std::string::npos) << printable(hidden);
}

TEST(PrintableLines, KeepLineEndsAndTabsAndNothingElse) {
  EXPECT_EQ(printable_lines("a\tb\n\x1b[2J\r\n"), "a\tb\n\\x1b[2J\\x0d\n");
  EXPECT_EQ(printable_lines(""), "");
}

TEST(Shortened, CutsBetweenCharacters) {
  EXPECT_EQ(shortened("步骤", 6), "步骤");
  EXPECT_EQ(shortened("步骤", 5), "步 …");
  EXPECT_EQ(shortened("步骤", 2), " …");
  EXPECT_EQ(shortened(std::string(9, '\x80'), 4), " …");
}

TEST(Fitting, CountsColumnsAndTakesNoTimeOverMegabytes) {
  EXPECT_EQ(fitting("步骤a", 4), "步骤");
  EXPECT_EQ(fitting("步骤a", 3), "步");
  EXPECT_EQ(fitting("\xff\xff\xff", 2), "\xff\xff");
  EXPECT_EQ(fitting(std::string(10'000'000, 'x'), 80).size(), 80U);
}

TEST(Printable, ShowsLineEndsAndTabs) {
  EXPECT_EQ(printable("a\nb\tc"), "a\\nb\\tc");
}

TEST(Lines, LeaveOutTheFinalEmptyLineAndCarriageReturns) {
  EXPECT_EQ(lines_of("a\r\n\nb\n"), (std::vector<std::string>{"a", "", "b"}));
  EXPECT_TRUE(lines_of("").empty());
}

TEST(Lines, LastLinesKeepTheEnd) {
  EXPECT_EQ(last_lines("1\n2\n3\n", 2), (std::vector<std::string>{"2", "3"}));
}

TEST(HumanSize, NamesBinaryUnits) {
  EXPECT_EQ(human_size(7), "7 B");
  EXPECT_EQ(human_size(1536), "1.5 KiB");
  EXPECT_EQ(human_size(180ULL * 1024 * 1024), "180 MiB");
}

TEST(HumanDuration, GrowsCoarser) {
  EXPECT_EQ(human_duration(std::chrono::milliseconds{430}), "0.4 s");
  EXPECT_EQ(human_duration(std::chrono::milliseconds{12000}), "12 s");
  EXPECT_EQ(human_duration(std::chrono::milliseconds{185000}), "3 min 05 s");
}

TEST(DisplayWidth, CountsWideCharactersTwice) {
  EXPECT_EQ(display_width("步骤a"), 5U);
}

}  // namespace
}  // namespace omsctl::base
