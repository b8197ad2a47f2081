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
