#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "omsctl/config/settings.hpp"
#include "omsctl/config/values.hpp"

#include "config/settings_samples.hpp"

namespace omsctl::config {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// Whether `text` loads to the same values as the good config, without a problem.
void expect_good(const std::string& text) {
  EXPECT_THAT(problems_of(text), IsEmpty()) << text;
  EXPECT_EQ(values_of(text), values_of(good_config()));
}

TEST(ConfigForm, TakesQuotedKeysAndValuesAndEveryListIndent) {
  expect_good(with("cm_url", "\"cm_url\": 'http://192.0.2.100:8088'  # the VIP"));
  expect_good(with("oms_meta_port", "'oms_meta_port': \"2883\""));
  expect_good(with_nodes({}) + "- 192.0.2.11\n- \"192.0.2.12\"\n");
  expect_good(with_nodes({}) + "    - 192.0.2.11\n\n    # new\n    - '192.0.2.12'\n");
  expect_good(with_nodes({}).substr(0, with_nodes({}).size() - 1) +
              " [192.0.2.11,\n  192.0.2.12]\n");
  expect_good("---\n# OMS\n" + good_config() + "...\n");
}

TEST(ConfigForm, TakesEverySpellingOfABool) {
  for (const std::string value :
       {"true", "\"true\"", "'true'", "!!bool \"true\"", "!!bool true", "True"})
    EXPECT_THAT(problems_of(with("cm_is_default", "cm_is_default: " + value)), IsEmpty()) << value;
}

TEST(ConfigForm, SortedAndTaggedByTheContainerIsTheSame) {
  const std::string rewritten =
      "\"cm_is_default\": !!bool \"true\"\n\"cm_location\": \"2\"\n\"cm_nodes\":\n- "
      "\"192.0.2.11\"\n"
      "- \"192.0.2.12\"\n\"cm_region\": \"cn-jiangsu\"\n\"cm_region_cn\": \"\\u6c5f\\u82cf\"\n"
      "\"cm_url\": \"http://192.0.2.100:8088\"\n\"drc_cm_db\": \"oms_cm\"\n"
      "\"drc_cm_heartbeat_db\": \"oms_cm_heartbeat\"\n\"drc_rm_db\": \"oms_rm\"\n"
      "\"oms_meta_host\": \"192.0.2.5\"\n\"oms_meta_password\": \"Kestrel-42\"\n"
      "\"oms_meta_port\": !!int \"2883\"\n\"oms_meta_user\": \"oms@meta#cluster\"\n";
  expect_good(rewritten);
}

TEST(ConfigForm, AMissingBlankIsOneProblemAndTheValueIsStillChecked) {
  EXPECT_THAT(problems_of(with("cm_location", "cm_location:300")),
              ElementsAre("E9 a blank is missing after \"cm_location:\"",
                          "E9 cm_location must be a whole number from 0 to 127, not \"300\""));
  EXPECT_THAT(problems_of(with("cm_url", "cm_url:http://192.0.2.100:8088")),
              ElementsAre("E8 a blank is missing after \"cm_url:\""));
  EXPECT_THAT(problems_of(plus("whatever:1")),
              Contains("E16 a blank is missing after \"whatever:\""));
}

TEST(ConfigForm, TabsAreProblemsWhereverYamlReadsThem) {
  for (const std::string line :
       {"\tcm_location: 2", "cm_location:\t2", "cm_location: 2\t", "cm_location: 2\t# c"})
    EXPECT_THAT(problems_of(with("cm_location", line)), Contains("E9 a tab is not allowed here"))
        << line;
  expect_good(with("cm_location", "cm_location: 2 #\tc") + "#\tcomment\n");
}

TEST(ConfigForm, ABrokenEntryDoesNotHideTheOthers) {
  const std::string text = with("cm_url", "cm_url: @http://x") + "init_db: true\ncm_region_cn: [\n";
  EXPECT_THAT(
      problems_of(text),
      ElementsAre("E8 a value cannot begin with this character",
                  "E16 init_db must not be true: a MetaDB that is in use would be set up anew",
                  "E17 a list in brackets is not closed"));
}

TEST(ConfigForm, AnOpenQuoteIsReportedOnItsOwnLineAndHidesNothing) {
  EXPECT_THAT(
      problems_of(with("drc_rm_db", "drc_rm_db: \"oms_rm") + "init_db: true\n"),
      ElementsAre("E5 the value of drc_rm_db does not end on its line",
                  "E16 init_db must not be true: a MetaDB that is in use would be set up anew"));
}

TEST(ConfigForm, ValuesOverSeveralLinesAreRefused) {
  for (const std::string line : {"cm_region: a\n  b", "cm_region: |\n  a", "cm_region: \"a\n  b\""})
    EXPECT_THAT(problems_of(with("cm_region", line)),
                Contains("E10 the value of cm_region does not end on its line"))
        << line;
}

TEST(ConfigForm, WrongIndentationNamesTheLine) {
  EXPECT_THAT(problems_of(with("cm_region", "  cm_region: a")), Contains(HasSubstr("E10 ")));
  EXPECT_THAT(problems_of(with_nodes({}) + "  - 192.0.2.11\n - 192.0.2.12\n"),
              ElementsAre("E15 this line does not fit the indentation of those above"));
}

TEST(ConfigForm, FullWidthColonIsNamed) {
  const LoadedSettings result = load_settings(with("cm_region", "cm_region：a"), Origin::target);
  ASSERT_EQ(result.problems.size(), 1U);
  EXPECT_EQ(result.problems.front().line, 10U);
  EXPECT_THAT(result.problems.front().hint, HasSubstr("full-width"));
}

TEST(ConfigForm, WarnsOfANameWithABlankThatNobodySees) {
  EXPECT_THAT(problems_of(with("cm_region", R"(cm_region: "cn-jiangsu ")")),
              ElementsAre("W10 cm_region begins or ends with a blank"));
  EXPECT_THAT(problems_of(with("cm_region", R"(cm_region: "cn jiangsu")")), ElementsAre());
}

TEST(ConfigForm, RefusesWhatReadersDisagreeOn) {
  EXPECT_THAT(problems_of(with("drc_rm_db", "drc_rm_db: &a oms_rm") + "x: *a\n"),
              ElementsAre("E5 anchors (&name) are not supported",
                          "W16 unknown key \"x\"",
                          "E16 aliases (*name) are not supported"));
  EXPECT_THAT(problems_of(plus("<<: {a: b}")), Contains("E16 merge keys (<<) are not supported"));
  EXPECT_THAT(problems_of(plus("---\na: b")), Contains("E16 a second YAML document begins here"));
  EXPECT_THAT(problems_of(plus("a: {b: c}")),
              Contains("E16 a value must be text or a list, not keys of its own"));
  EXPECT_THAT(problems_of(plus("a:\n - [b]")), Contains("E17 a list item must be text"));
  EXPECT_THAT(problems_of(plus("a: !python/object:os.system x")), Contains("E16 unknown tag"));
  EXPECT_THAT(problems_of(plus("? [a]\n: b")), Contains("E16 a key must be plain text"));
  EXPECT_THAT(problems_of("- a\n- b\n"), Contains(HasSubstr("the file holds no key")));
  EXPECT_THAT(problems_of(plus("a: " + std::string(100000, '['))),
              Contains("E16 lists or mappings are nested too deep"));
}

TEST(ConfigForm, RefusesWhatOnlyOneOfTheReadersTakes) {
  EXPECT_THAT(problems_of(plus("cm_region_cn")), Contains("E16 this line is not \"key: value\""));
  EXPECT_THAT(problems_of(with("drc_rm_db", "drc_rm_db: oms\xE2\x80\xA8rm")),
              ElementsAre("E5 an invisible character here ends the line for OMS"));
  EXPECT_THAT(problems_of(with("cm_region", "cm_region: a\xC2\xA0")),
              ElementsAre("W10 an invisible character or a blank that is none"));
  EXPECT_THAT(problems_of(with("cm_region", "cm_region:\n\"a\"")),
              ElementsAre("E11 the value does not stand on the line of its key"));
  EXPECT_THAT(problems_of(plus("a: [, b]")), Contains("E16 an item of the list is empty"));
  EXPECT_THAT(problems_of(with("cm_region", "cm_region: !!int 1.2")),
              ElementsAre("E10 the value is not what its tag says"));
}

TEST(ConfigForm, EmptyFilesAndBinaryGarbageAreOneProblem) {
  EXPECT_THAT(problems_of(""), ElementsAre("E0 the file is empty"));
  EXPECT_THAT(problems_of("# nothing\n\n"), ElementsAre("E0 the file holds no key"));
  EXPECT_THAT(problems_of(std::string("a: b\n\0\1\2", 8)),
              ElementsAre("E2 this is not UTF-8 text"));
  EXPECT_THAT(problems_of("a: \xFF\xFE\n"), ElementsAre("E1 this is not UTF-8 text"));
  EXPECT_THAT(problems_of("a: b\rc: d\n"), ElementsAre("E1 this is not UTF-8 text"));
}

TEST(ConfigForm, ByteOrderMarkAndWindowsLineEndsAreWarnings) {
  std::string windows;
  for (const std::string& line : base::lines_of(good_config()))
    windows += line + "\r\n";
  EXPECT_THAT(problems_of("\xEF\xBB\xBF" + good_config()),
              ElementsAre("W0 the file begins with a byte order mark"));
  EXPECT_THAT(problems_of(windows), ElementsAre("W0 the lines end as on Windows (CR LF)"));
  EXPECT_EQ(values_of("\xEF\xBB\xBF" + windows), values_of(good_config()));
}

TEST(ConfigForm, NoMutilationOfAFileEndsInAnythingButProblems) {
  std::mt19937 random(7);
  const std::string alphabet =
      "\n\n  :-#'\"[]{}|>&*!%@`?,\\\t\r\x01\xE6\xC3"
      "ab0";
  for (int round = 0; round < 3000; ++round) {
    std::string text = good_config();
    for (auto changes = 1 + random() % 4; changes > 0; --changes) {
      const std::size_t place = random() % text.size();
      const char c = alphabet[random() % alphabet.size()];
      if (random() % 2 == 0)
        text[place] = c;
      else
        text.insert(place, 1 + random() % 3, c);
    }
    const LoadedSettings result =
        load_settings(text, round % 2 == 0 ? Origin::target : Origin::deployed);
    EXPECT_NE(result.settings.has_value(), result.has_errors());
    for (const Problem& problem : result.problems)
      EXPECT_THAT(problem.message, Not(IsEmpty()));
  }
}

}  // namespace
}  // namespace omsctl::config
