#include "../src/metadb/copy/statements.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace omsctl::metadb {
namespace {

using testing::ElementsAre;

TEST(StatementsOf, EndAtDelimitersOutsideOfQuotesAndComments) {
  EXPECT_THAT(
      statements_of("SET a = ';';\nSELECT `;`, \"x;\\\";\" /* ; */ -- ;\n;SELECT 'it'';s'"),
      ElementsAre("SET a = ';'", "\nSELECT `;`, \"x;\\\";\" /* ; */ -- ;\n", "SELECT 'it'';s'"));
}

TEST(StatementsOf, FollowDelimiterLines) {
  EXPECT_THAT(
      statements_of("SELECT 1;\nDELIMITER $$\nBEGIN SELECT 1; END\n$$\nDELIMITER ;\nSELECT 2;\n"),
      ElementsAre("SELECT 1", "\nBEGIN SELECT 1; END\n", "\nSELECT 2"));
}

TEST(StatementsOf, AreNoneInBlankText) {
  EXPECT_THAT(statements_of(" \n;\n ; "), ElementsAre());
}

constexpr auto table =
    "CREATE TABLE `t` (\n  `a` int COMMENT ' REFERENCES `b`.`c`',\n"
    "  CONSTRAINT `f REFERENCES `` x` FOREIGN KEY (`a`) REFERENCES `oms_rm`.`p``q` (`id`) ON "
    "DELETE CASCADE,\n"
    "  CONSTRAINT `g` FOREIGN KEY (`a`) REFERENCES `own` (`id`),\n"
    "  CONSTRAINT `h` FOREIGN KEY (`a`) REFERENCES `else`.`where` (`id`)\n) ENGINE=InnoDB";

TEST(MovedTable, PointsIntoTheScratchDatabasesAndNowhereElse) {
  const Moved result = moved(table, {{"oms_rm", "omsctl_drill_1"}});
  EXPECT_EQ(result.statement,
            "CREATE TABLE `t` (\n  `a` int COMMENT ' REFERENCES `b`.`c`',\n"
            "  CONSTRAINT `f REFERENCES `` x` FOREIGN KEY (`a`) REFERENCES `omsctl_drill_1`.`p``q` "
            "(`id`) ON DELETE CASCADE,\n"
            "  CONSTRAINT `g` FOREIGN KEY (`a`) REFERENCES `own` (`id`)\n) ENGINE=InnoDB");
  EXPECT_THAT(result.left_out, ElementsAre("`else`.`where`"));
}

TEST(MovedTable, IsTheSameWithoutForeignKeysElsewhere) {
  EXPECT_EQ(moved("CREATE TABLE `t` (\n  `a` int\n)", {}).statement,
            "CREATE TABLE `t` (\n  `a` int\n)");
}

}  // namespace
}  // namespace omsctl::metadb
