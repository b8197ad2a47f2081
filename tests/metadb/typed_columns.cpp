#include "metadb/typed_columns.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace omsctl::metadb {
namespace {

std::string set_members() {
  std::vector<std::string> members(64);
  for (std::size_t i = 0; i < members.size(); ++i)
    members[i] = fmt::format("'m{}'", i);
  return fmt::format("{}", fmt::join(members, ","));
}

std::vector<std::string> latin() {
  return {"C3A9", "C3BF", "C2A0", "5C", "27"};
}
// U+7E17 is BF5C in GBK, U+8868 is 955C in Shift JIS: their second byte looks like a backslash.
std::vector<std::string> chinese() {
  return {"E7B897", "E4B8AD", "5C", "27"};
}
std::vector<std::string> japanese() {
  return {"E8A1A8", "E382BD", "5C", "27"};
}
std::vector<std::string> any() {
  return {
      "F09F9880", "E4B8AD", "C3A9", "EFBBBF", "5C", "27", "22", "60", "0A", "0D", "00", "20", "1A"};
}

std::vector<TypedColumn> numeric_types() {
  return {{"TINYINT", [](Values& v) { return v.integer(); }},
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
          {"BIT(64)", [](Values& v) { return v.bits(); }}};
}

std::vector<TypedColumn> temporal_types() {
  return {{"YEAR",
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
           [](Values& v) { return v.timestamp(); }}};
}

std::vector<TypedColumn> text_types() {
  return {{"CHAR(20)", [](Values& v) { return v.text(any(), 20); }},
          {"VARCHAR(90)", [](Values& v) { return v.text(any(), 90); }},
          {"VARCHAR(90) CHARACTER SET utf8mb3", [](Values& v) { return v.text(chinese(), 90); }},
          {"VARCHAR(90) CHARACTER SET latin1", [](Values& v) { return v.text(latin(), 90); }},
          {"CHAR(20) CHARACTER SET gbk", [](Values& v) { return v.text(chinese(), 20); }},
          {"VARCHAR(20) CHARACTER SET sjis", [](Values& v) { return v.text(japanese(), 20); }},
          {"VARCHAR(20) CHARACTER SET utf16", [](Values& v) { return v.text(any(), 20); }},
          {"CHAR(20) CHARACTER SET utf16le", [](Values& v) { return v.text(any(), 20); }},
          {"VARCHAR(20) CHARACTER SET utf32", [](Values& v) { return v.text(any(), 20); }},
          {"VARCHAR(20) CHARACTER SET ucs2", [](Values& v) { return v.text(chinese(), 20); }}};
}

std::vector<TypedColumn> long_types() {
  return {{"TINYTEXT", [](Values& v) { return v.text(any(), 30); }},
          {"TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
           [](Values& v) { return v.text(any(), 300); }},
          {"MEDIUMTEXT CHARACTER SET latin1", [](Values& v) { return v.text(latin(), 300); }},
          {"LONGTEXT", [](Values& v) { return v.text(any(), 300); }},
          {"VARCHAR(200) COMPRESSED", [](Values& v) { return v.text(any(), 100); }},
          {"JSON", [](Values& v) {
             return v.one_of({R"('{"a": 1.10, "b": [null, "\\u4e2d"]}')",
                              "'null'",
                              "'[]'",
                              R"('{"z":1,"a":2, "a":3}')"});
           }}};
}

std::vector<TypedColumn> other_types() {
  return {{"BINARY(8)", [](Values& v) { return v.bytes(8); }},
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
             return v.one_of({"'00000000-0000-0000-0000-000000000000'",
                              "'f47ac10b-58cc-4372-a567-0e02b2c3d479'"});
           }},
          {"INET4",
           [](Values& v) {
             return v.one_of({"'0.0.0.0'", "'255.255.255.255'"});
           }},
          {"INET6",
           [](Values& v) {
             return v.one_of({"'::'", "'2001:db8::1'", "'::ffff:198.18.0.5'"});
           }},
          {"INT INVISIBLE DEFAULT 4", [](Values& v) { return v.integer(); }}};
}

}  // namespace

std::string TypedColumn::read(const std::string& name) const {
  if (definition.starts_with("FLOAT") || definition.starts_with("DOUBLE"))
    return name + " + 0.0e0";
  return definition.starts_with("ENUM") || definition.starts_with("SET") ? name + " + 0" : name;
}

const std::vector<TypedColumn>& every_type() {
  static const std::vector<TypedColumn> all = [] {
    std::vector<TypedColumn> columns;
    for (const auto& some :
         {numeric_types(), temporal_types(), text_types(), long_types(), other_types()})
      columns.insert(columns.end(), some.begin(), some.end());
    return columns;
  }();
  return all;
}

}  // namespace omsctl::metadb
