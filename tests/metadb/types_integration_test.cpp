#include <array>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "metadb/fixture.hpp"

namespace omsctl::metadb {
namespace {

constexpr int rows_per_seed = 60;

/// Random SQL literals of every type that MariaDB 10.11 has, its edges among them.
class Values {
 public:
  explicit Values(unsigned int seed) : random_(seed) {}

  std::size_t below(std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_);
  }
  std::string one_of(const std::vector<std::string>& values) {
    return values[below(values.size())];
  }

  std::string integer() {
    return one_of({"0",
                   "1",
                   "-1",
                   "127",
                   "-128",
                   "255",
                   "32767",
                   "-8388608",
                   "9223372036854775807",
                   "-9223372036854775808",
                   "18446744073709551615",
                   std::to_string(random_())});
  }
  std::string decimal() {
    return one_of({"0",
                   "-0.000000000000000000000000000001",
                   "0.1",
                   "99999999999999999999999999999999999.9",
                   fmt::format("-{}.{}", random_(), random_())});
  }
  std::string real() {
    return one_of({"0e0",
                   "-0e0 * 1",
                   "0e0 * -1",
                   "0.1e0",
                   "1e0 / 3",
                   "3.4028234663852886e38",
                   "1.17549435e-38",
                   "1e-45",
                   "16777217",
                   "-2.5e-7",
                   fmt::format("{}e{}", random_(), static_cast<int>(below(50)) - 30)});
  }
  std::string wide_real() {
    return one_of({real(),
                   "1.7976931348623157e308",
                   "4.9e-324",
                   "2.2250738585072014e-308",
                   "9007199254740993",
                   "1.0000000000000002"});
  }
  std::string bits() {
    return fmt::format("b'{:b}'", random_() * (std::uint64_t{random_()} << below(30)));
  }
  std::string date() {
    return one_of({"'0000-00-00'",
                   "'2023-02-31'",
                   "'2023-00-00'",
                   "'1000-01-01'",
                   "'9999-12-31'",
                   fmt::format("'20{:02}-{:02}-{:02}'", below(100), 1 + below(12), 1 + below(28))});
  }
  std::string time() {
    return one_of(
        {"'-838:59:59.999999'",
         "'838:59:59'",
         "'00:00:00'",
         "'-00:00:00.000001'",
         fmt::format(
             "'{:02}:{:02}:{:02}.{:06}'", below(24), below(60), below(60), below(1000000))});
  }
  std::string datetime() {
    return one_of(
        {"'0000-00-00 00:00:00'",
         "'2023-02-31 23:59:59.999999'",
         "'9999-12-31 23:59:59.999999'",
         fmt::format("'20{:02}-03-26 {:02}:30:00.{:06}'", below(100), below(24), below(1000000))});
  }
  std::string timestamp() {
    // 2021-10-31 01:30 UTC and 00:30 UTC are the same local time in Berlin.
    return one_of(
        {"'0000-00-00 00:00:00'",
         "'1970-01-01 00:00:01'",
         "'2038-01-19 03:14:07'",
         "'2021-10-31 00:30:00'",
         "'2021-10-31 01:30:00.000001'",
         fmt::format("'20{:02}-03-26 {:02}:30:00.{:06}'", below(38), below(24), below(1000000))});
  }
  std::string bytes(std::size_t longest) {
    std::string hex;
    for (std::size_t i = below(longest + 1); i-- > 0;)
      hex += fmt::format("{:02X}", below(256));
    return hex.empty() ? "''" : "0x" + hex;
  }
  /// Text out of `characters` (UTF-8 as hex) and ASCII.
  std::string text(const std::vector<std::string>& characters, std::size_t longest) {
    std::string hex;
    for (std::size_t i = below(longest + 1); i-- > 0;)
      hex += below(2) == 0 ? one_of(characters) : fmt::format("{:02X}", 1 + below(126));
    return hex.empty() ? "''" : "_utf8mb4 0x" + hex;
  }
  std::string point() {
    return fmt::format(
        "ST_GeomFromText('POINT({} {})', {})", below(99), below(99), below(2) * 4326);
  }
  std::string geometry() {
    return one_of({point(),
                   "ST_GeomFromText('LINESTRING(0 0,1 1,2.5 -1)')",
                   "ST_GeomFromText('POLYGON((0 0,1 0,1 1,0 0))')",
                   "ST_GeomFromText('GEOMETRYCOLLECTION(POINT(1 2),LINESTRING(0 0,1 1))')"});
  }
  std::string set() {
    return fmt::format("{}", random_() * (std::uint64_t{random_()} << below(32)));
  }

 private:
  std::mt19937 random_;
};

struct TypedColumn {
  std::string definition;
  std::string (*value)(Values&);
};

std::string set_members() {
  std::vector<std::string> members;
  for (int i = 0; i < 64; ++i)
    members.push_back(fmt::format("'m{}'", i));
  return fmt::format("{}", fmt::join(members, ","));
}

const std::vector<std::string> latin{"C3A9", "C3BF", "C2A0", "5C", "27"};
// U+7E17 is BF5C in GBK, U+8868 is 955C in Shift JIS: their second byte looks like a backslash.
const std::vector<std::string> chinese{"E7B897", "E4B8AD", "5C", "27"};
const std::vector<std::string> japanese{"E8A1A8", "E382BD", "5C", "27"};
const std::vector<std::string> any{
    "F09F9880", "E4B8AD", "C3A9", "EFBBBF", "5C", "27", "22", "60", "0A", "0D", "00", "20", "1A"};

const std::vector<TypedColumn> types{
    {"TINYINT", [](Values& v) { return v.integer(); }},
    {"TINYINT UNSIGNED", [](Values& v) { return v.integer(); }},
    {"SMALLINT", [](Values& v) { return v.integer(); }},
    {"MEDIUMINT(9) ZEROFILL", [](Values& v) { return v.integer(); }},
    {"INT", [](Values& v) { return v.integer(); }},
    {"BIGINT", [](Values& v) { return v.integer(); }},
    {"BIGINT UNSIGNED", [](Values& v) { return v.integer(); }},
    {"DECIMAL(65,30)", [](Values& v) { return v.decimal(); }},
    {"DECIMAL(10,0) UNSIGNED ZEROFILL", [](Values& v) { return v.decimal(); }},
    {"FLOAT", [](Values& v) { return v.real(); }},
    {"FLOAT(7,3)", [](Values& v) { return v.real(); }},
    {"FLOAT UNSIGNED ZEROFILL", [](Values& v) { return v.real(); }},
    {"DOUBLE", [](Values& v) { return v.wide_real(); }},
    {"DOUBLE(20,5)", [](Values& v) { return v.wide_real(); }},
    {"BIT", [](Values& v) { return v.bits(); }},
    {"BIT(13)", [](Values& v) { return v.bits(); }},
    {"BIT(64)", [](Values& v) { return v.bits(); }},
    {"YEAR",
     [](Values& v) {
       return v.one_of({"0", "1901", "2155", "2023"});
     }},
    {"DATE", [](Values& v) { return v.date(); }},
    {"TIME", [](Values& v) { return v.time(); }},
    {"TIME(6)", [](Values& v) { return v.time(); }},
    {"DATETIME", [](Values& v) { return v.datetime(); }},
    {"DATETIME(6)", [](Values& v) { return v.datetime(); }},
    {"TIMESTAMP NULL", [](Values& v) { return v.timestamp(); }},
    {"TIMESTAMP(6) NULL DEFAULT NULL ON UPDATE CURRENT_TIMESTAMP(6)",
     [](Values& v) { return v.timestamp(); }},
    {"CHAR(20)", [](Values& v) { return v.text(any, 20); }},
    {"VARCHAR(90)", [](Values& v) { return v.text(any, 90); }},
    {"VARCHAR(90) CHARACTER SET utf8mb3", [](Values& v) { return v.text(chinese, 90); }},
    {"VARCHAR(90) CHARACTER SET latin1", [](Values& v) { return v.text(latin, 90); }},
    {"CHAR(20) CHARACTER SET gbk", [](Values& v) { return v.text(chinese, 20); }},
    {"VARCHAR(20) CHARACTER SET sjis", [](Values& v) { return v.text(japanese, 20); }},
    {"VARCHAR(20) CHARACTER SET utf16", [](Values& v) { return v.text(any, 20); }},
    {"CHAR(20) CHARACTER SET utf16le", [](Values& v) { return v.text(any, 20); }},
    {"VARCHAR(20) CHARACTER SET utf32", [](Values& v) { return v.text(any, 20); }},
    {"VARCHAR(20) CHARACTER SET ucs2", [](Values& v) { return v.text(chinese, 20); }},
    {"TINYTEXT", [](Values& v) { return v.text(any, 30); }},
    {"TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", [](Values& v) { return v.text(any, 300); }},
    {"MEDIUMTEXT CHARACTER SET latin1", [](Values& v) { return v.text(latin, 300); }},
    {"LONGTEXT", [](Values& v) { return v.text(any, 300); }},
    {"VARCHAR(200) COMPRESSED", [](Values& v) { return v.text(any, 100); }},
    {"JSON",
     [](Values& v) {
       return v.one_of({"'{\"a\": 1.10, \"b\": [null, \"\\\\u4e2d\"]}'",
                        "'null'",
                        "'[]'",
                        "'{\"z\":1,\"a\":2, \"a\":3}'"});
     }},
    {"BINARY(8)", [](Values& v) { return v.bytes(8); }},
    {"VARBINARY(60)", [](Values& v) { return v.bytes(60); }},
    {"TINYBLOB", [](Values& v) { return v.bytes(60); }},
    {"BLOB", [](Values& v) { return v.bytes(300); }},
    {"MEDIUMBLOB", [](Values& v) { return v.bytes(300); }},
    {"LONGBLOB", [](Values& v) { return v.bytes(300); }},
    {"ENUM('','a','b''c','\\\\','\xE4\xB8\xAD')",
     [](Values& v) { return fmt::format("{}", v.below(6)); }},
    {"SET(" + set_members() + ")", [](Values& v) { return v.set(); }},
    {"GEOMETRY", [](Values& v) { return v.geometry(); }},
    {"POINT", [](Values& v) { return v.point(); }},
    {"UUID",
     [](Values& v) {
       return v.one_of(
           {"'00000000-0000-0000-0000-000000000000'", "'f47ac10b-58cc-4372-a567-0e02b2c3d479'"});
     }},
    {"INET4",
     [](Values& v) {
       return v.one_of({"'0.0.0.0'", "'255.255.255.255'"});
     }},
    {"INET6",
     [](Values& v) {
       return v.one_of({"'::'", "'2001:db8::1'", "'::ffff:198.18.0.5'"});
     }},
    {"INT INVISIBLE DEFAULT 4", [](Values& v) { return v.integer(); }},
};

class EveryType : public MetadbTest, public testing::WithParamInterface<unsigned int> {
 protected:
  void create_and_fill(const std::string& table, bool with_key) {
    std::string columns = with_key ? "id BIGINT AUTO_INCREMENT PRIMARY KEY" : "id BIGINT";
    std::vector<std::string> names{"id"};
    for (std::size_t i = 0; i < types.size(); ++i) {
      names.push_back(fmt::format("c{}", i));
      columns += fmt::format(", c{} {}", i, types[i].definition);
    }
    columns += ", v INT AS (c0 + 1) VIRTUAL, s VARCHAR(30) AS (CONCAT(c1, 'x')) STORED";
    sql({fmt::format("CREATE TABLE {} ({}) ENGINE=InnoDB ROW_FORMAT=DYNAMIC", table, columns)});
    Values values(GetParam());
    for (int row = 0; row < rows_per_seed; ++row) {
      std::vector<std::string> literals{std::to_string(row)};
      for (const TypedColumn& type : types)
        literals.push_back(values.below(6) == 0 ? "NULL" : type.value(values));
      const std::string insert = fmt::format("INSERT INTO {} ({}) VALUES ({})",
                                             table,
                                             fmt::join(names, ","),
                                             fmt::join(literals, ","));
      database_.execute(insert);
      if (!with_key && row % 5 == 0)
        database_.execute(insert);
    }
  }

  /// Bytes as they are stored, and floats with all their digits: not by the code under test.
  Rows everything(const std::string& schema, const std::string& table) {
    std::vector<std::string> expressions{"id", "v", "s"};
    for (std::size_t i = 0; i < types.size(); ++i) {
      const bool real =
          types[i].definition.starts_with("FLOAT") || types[i].definition.starts_with("DOUBLE");
      const bool number =
          types[i].definition.starts_with("ENUM") || types[i].definition.starts_with("SET");
      expressions.push_back(fmt::format("c{}{}", i, real ? " + 0.0e0" : number ? " + 0" : ""));
    }
    sql({"SET character_set_results = NULL"});
    Rows rows = database_.query(fmt::format(
        "SELECT {} FROM {}.{} ORDER BY id", fmt::join(expressions, ","), schema, table));
    sql({"SET character_set_results = utf8mb4"});
    return rows;
  }
  std::string checksum(const std::string& schema, const std::string& table) {
    return database_.query(fmt::format("CHECKSUM TABLE {}.{} EXTENDED", schema, table))
        .rows.at(0)
        .at(1)
        .value_or("");
  }
  void expect_round_trip(const std::string& table);
};

void EveryType::expect_round_trip(const std::string& table) {
  const Rows before = everything("lab", table);
  const std::string sum = checksum("lab", table);
  const Manifest manifest = snapshot({{"lab", table}});
  load_copy(manifest);
  EXPECT_EQ(everything("copy", table).rows, before.rows);
  EXPECT_EQ(checksum("copy", table), sum);
  EXPECT_EQ(digest_rows(database_, {"copy", table}), manifest.tables[0].digest);
  delete_rows(database_, manifest, {});
  EXPECT_EQ(count(table), "0");
  restore_rows(database_, directory(), {});
  EXPECT_EQ(everything("lab", table).rows, before.rows);
  EXPECT_EQ(checksum("lab", table), sum);
}

TEST_P(EveryType, ComesBackExactly) {
  create_and_fill("t", true);
  expect_round_trip("t");
}

TEST_P(EveryType, ComesBackExactlyWithoutAKeyAndWithEqualRows) {
  create_and_fill("t", false);
  expect_round_trip("t");
}

INSTANTIATE_TEST_SUITE_P(Seeds, EveryType, testing::Range(1U, 7U));

}  // namespace
}  // namespace omsctl::metadb
