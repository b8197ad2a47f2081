#include "omsctl/remote/shell.hpp"

#include <gtest/gtest.h>

#include "omsctl/base/error.hpp"
#include "omsctl/remote/process.hpp"

#include "remote/support.hpp"

namespace omsctl::remote {
namespace {

TEST(ShellWord, LeavesPlainWordsBare) {
  EXPECT_EQ(quote("registry/oms:4.2_feature-ce@10%+=,."), "registry/oms:4.2_feature-ce@10%+=,.");
}

TEST(ShellWord, QuotesTheEmptyWord) {
  EXPECT_EQ(quote(""), "''");
}

TEST(ShellWord, EscapesASingleQuote) {
  EXPECT_EQ(quote("it's"), "'it'\\''s'");
}

TEST(ShellWord, QuotesWhatAShellWouldExpand) {
  EXPECT_EQ(quote("$HOME"), "'$HOME'");
  EXPECT_EQ(quote("~root"), "'~root'");
  EXPECT_EQ(quote("a b"), "'a b'");
  EXPECT_EQ(quote("\xc3\xa4"), "'\xc3\xa4'");
}

TEST(ShellWord, RefusesANulByte) {
  EXPECT_THROW((void)quote(std::string("a\0b", 3)), base::Error);
}

TEST(CommandLine, JoinsQuotedWords) {
  EXPECT_EQ(command_line({"docker", "exec", "my oms", "true"}), "docker exec 'my oms' true");
}

TEST(ShellWord, ComesBackFromARealShellWhateverItsBytes) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    const Argv words = testing::random_words(seed, 200);
    const Result result = run_process({.argv = {"/bin/sh", "-c", testing::printing_script(words)}});
    ASSERT_TRUE(result.ok()) << "seed " << seed << ": " << result.err;
    ASSERT_EQ(result.out, testing::printed(words)) << "seed " << seed;
  }
}

TEST(ShellWord, CarriesEveryByteAlone) {
  Argv words;
  for (int byte = 1; byte < 256; ++byte)
    words.emplace_back(1, static_cast<char>(byte));
  const Result result = run_process({.argv = {"/bin/sh", "-c", testing::printing_script(words)}});
  EXPECT_EQ(result.out, testing::printed(words));
}

}  // namespace
}  // namespace omsctl::remote
