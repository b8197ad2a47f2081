#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "omsctl/base/error.hpp"
#include "omsctl/metadb/copy/manifest.hpp"
#include "omsctl/metadb/failure.hpp"
#include "omsctl/metadb/quote.hpp"
#include "omsctl/metadb/schema/foreign_keys.hpp"
#include "omsctl/metadb/schema/literal.hpp"
#include "omsctl/metadb/schema/scan.hpp"
#include "omsctl/metadb/schema/stored_code.hpp"
#include "omsctl/metadb/schema/table.hpp"

namespace omsctl::metadb {
namespace {

using testing::ElementsAre;

TEST(QuoteName, DoublesBackticks) {
  EXPECT_EQ(quote_name("host"), "`host`");
  EXPECT_EQ(quote_name("a`b"), "`a``b`");
  EXPECT_EQ(quote_name("drc_cm_db", "host"), "`drc_cm_db`.`host`");
}

TEST(QuoteName, RefusesANulByte) {
  EXPECT_THROW(static_cast<void>(quote_name(std::string("a\0b", 3))), base::Error);
}

TEST(QuoteText, KeepsReadableTextReadable) {
  EXPECT_EQ(quote_text(""), "''");
  EXPECT_EQ(quote_text("10.0.0.1"), "'10.0.0.1'");
  EXPECT_EQ(quote_text("it's"), "'it''s'");
  EXPECT_EQ(quote_text("\xE4\xB8\xAD"), "'\xE4\xB8\xAD'");
}

TEST(QuoteText, WritesInHexWhatAnSqlModeCouldChange) {
  EXPECT_EQ(quote_text("a\\"), "_utf8mb4 0x615C");
  EXPECT_EQ(quote_text("\n"), "_utf8mb4 0x0A");
}

TEST(QuoteText, WritesBrokenUtf8AsBytes) {
  EXPECT_EQ(quote_text("\xFF"), "0xFF");
  EXPECT_EQ(quote_text("\xC0\xA7"), "0xC0A7");
  EXPECT_EQ(quote_text("\xED\xA0\x80"), "0xEDA080");
}

TEST(Manifest, IsTheSameAfterJson) {
  Manifest manifest;
  manifest.taken = "2026-11-22T15:11:00.123Z";
  manifest.server_version = "10.11.19-MariaDB";
  manifest.time_zone = "SYSTEM (CST)";
  manifest.left_out = {"routines of oms_rm: tidy"};
  manifest.tables.push_back({.rows = {"drc_cm_db", "host", "`ip` = '10.0.0.1'"},
                             .digest = {.count = 1, .sha256 = "aa"},
                             .schema_file = "01-host.schema.sql",
                             .rows_file = "01-host.rows.sql"});
  manifest.files = {{"01-host.schema.sql", "bb"}, {"01-host.rows.sql", "cc"}};
  const auto read = nlohmann::json(manifest).get<Manifest>();
  EXPECT_EQ(nlohmann::json(read), nlohmann::json(manifest));
  EXPECT_EQ(read.tables.at(0).rows, manifest.tables.at(0).rows);
  EXPECT_EQ(read.tables.at(0).digest, manifest.tables.at(0).digest);
}

TEST(AutoIncrementOf, ReadsTheTableOptionAlone) {
  EXPECT_EQ(auto_increment_of(
                "CREATE TABLE `t` (`id` int AUTO_INCREMENT) ENGINE=InnoDB AUTO_INCREMENT=7"),
            7U);
  EXPECT_EQ(auto_increment_of("CREATE TABLE `t` (`id` int) AUTO_INCREMENT = 12 DEFAULT CHARSET"),
            12U);
}

TEST(AutoIncrementOf, IsNotFooledByNamesDefaultsAndComments) {
  EXPECT_EQ(
      auto_increment_of("CREATE TABLE `) AUTO_INCREMENT=1 (` (`a``) AUTO_INCREMENT=2` int "
                        "DEFAULT ') AUTO_INCREMENT=3') ENGINE=InnoDB COMMENT='AUTO_INCREMENT=4'"),
      std::nullopt);
}

TEST(TriggerBody, StartsBehindForEachRow) {
  EXPECT_EQ(
      trigger_body("CREATE TRIGGER `for each row` BEFORE INSERT ON t for  each\nROW SET @a = 1"),
      " SET @a = 1");
  EXPECT_EQ(trigger_body("CREATE TRIGGER t"), std::nullopt);
}

TEST(FirstWords, ShowNoRowValues) {
  EXPECT_EQ(first_words("INSERT INTO `t` (`a`) VALUES ('secret')"), "INSERT INTO `t` (`a`) …");
}

TEST(FirstWords, NeverCutACharacter) {
  EXPECT_EQ(first_words(std::string(59, 'x') + "\xE4\xB8\xAD\xE4\xB8\xAD"),
            std::string(59, 'x') + "…");
}

TEST(ParentsFirst, KeepsTheGivenOrderOtherwise) {
  const TableName a{"d", "a"};
  const TableName b{"d", "b"};
  const TableName c{"d", "c"};
  EXPECT_THAT(parents_first({a, b, c}, {}), ElementsAre(0, 1, 2));
  EXPECT_THAT(parents_first({a, b, c}, {{.name = "k", .child = a, .parent = c}}),
              ElementsAre(1, 2, 0));
}

TEST(ParentsFirst, EndsOnACycle) {
  const TableName a{"d", "a"};
  const TableName b{"d", "b"};
  EXPECT_THAT(parents_first({a, b},
                            {{.name = "k", .child = a, .parent = b},
                             {.name = "l", .child = b, .parent = a},
                             {.name = "m", .child = b, .parent = b}}),
              ElementsAre(0, 1));
}

TEST(Literal, OfEachEncodingMeansTheValue) {
  const auto column = [](Encoding encoding) {
    return Column{.name = "c", .type = "x", .charset = "latin1", .encoding = encoding};
  };
  EXPECT_EQ(literal(column(Encoding::text), std::nullopt), "NULL");
  EXPECT_EQ(literal(column(Encoding::text), ""), "''");
  EXPECT_EQ(literal(column(Encoding::text), "\xE9'"), "_latin1 0xE927");
  EXPECT_EQ(literal(column(Encoding::binary), std::string("\0\xFF", 2)), "0x00FF");
  EXPECT_EQ(literal(column(Encoding::bits), "\x05"), "b'00000101'");
  EXPECT_EQ(literal(column(Encoding::real), "-0"), "-0e0");
  EXPECT_EQ(literal(column(Encoding::real), "1e300"), "1e300");
  EXPECT_EQ(literal(column(Encoding::quoted), "0000-00-00"), "'0000-00-00'");
}

TEST(Literal, RefusesWhatNoServerPrints) {
  const Column number{.name = "c", .type = "int", .encoding = Encoding::number};
  EXPECT_THROW(static_cast<void>(literal(number, "1); DROP TABLE x")), base::Error);
  EXPECT_THROW(static_cast<void>(literal(number, "")), base::Error);
}

TEST(Scan, ReadsTheRuleOfAForeignKey) {
  const std::string table =
      "CREATE TABLE `t` (\n  `a` int COMMENT 'CONSTRAINT `k` FOREIGN KEY ON DELETE CASCADE',\n"
      "  CONSTRAINT `k` FOREIGN KEY (`a`) REFERENCES `ON DELETE CASCADE` (`b`) ON DELETE SET NULL "
      "ON UPDATE CASCADE,\n"
      "  CONSTRAINT `l``m` FOREIGN KEY (`a`) REFERENCES `p` (`b`) ON UPDATE CASCADE\n)";
  EXPECT_EQ(delete_rule_of(table, "k"), "SET NULL");
  EXPECT_EQ(delete_rule_of(table, "l`m"), "RESTRICT");
  EXPECT_EQ(delete_rule_of(table, "none"), std::nullopt);
}

TEST(Grants, AreReadAsTheServerMeansThem) {
  const auto has = [](const std::string& line, const std::string& privilege) {
    return grants(
        {"GRANT USAGE ON *.* TO `u`@`%` IDENTIFIED BY PASSWORD '*1'", line}, privilege, "oms_cm");
  };
  EXPECT_TRUE(has("GRANT SELECT, TRIGGER ON `oms_cm`.* TO `u`@`%`", "TRIGGER"));
  EXPECT_TRUE(has("GRANT ALL PRIVILEGES ON *.* TO `u`@`%` WITH GRANT OPTION", "TRIGGER"));
  EXPECT_TRUE(has("GRANT TRIGGER ON `oms\\_cm`.* TO `u`@`%`", "TRIGGER"));
  EXPECT_TRUE(has("GRANT TRIGGER ON `OMS_CM`.* TO `u`@`%`", "TRIGGER"));
  EXPECT_TRUE(has("GRANT `dba` TO `u`@`%`", "TRIGGER"));
  EXPECT_FALSE(has("GRANT SELECT, CREATE VIEW ON `oms_cm`.* TO `u`@`%`", "CREATE"));
  EXPECT_FALSE(has("GRANT SELECT, DROP ON `oms_cm`.* TO `u`@`%`", "TRIGGER"));
  EXPECT_FALSE(has("GRANT TRIGGER ON `oms_rm`.* TO `u`@`%`", "TRIGGER"));
  EXPECT_FALSE(has("GRANT TRIGGER ON `oms_cm`.`host` TO `u`@`%`", "TRIGGER"));
}

TEST(Words, StandAlone) {
  EXPECT_TRUE(has_word("DELETE FROM `Host` WHERE 1", "host"));
  EXPECT_TRUE(has_word("call x(); truncate host", "host"));
  EXPECT_FALSE(has_word("delete from host_log, localhost, host$", "host"));
}

}  // namespace
}  // namespace omsctl::metadb
