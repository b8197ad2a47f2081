#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "omsctl/metadb/change/delete.hpp"
#include "omsctl/metadb/change/restore.hpp"
#include "omsctl/metadb/copy/manifest.hpp"
#include "omsctl/metadb/copy/row_stream.hpp"
#include "omsctl/metadb/rows.hpp"

#include "metadb/fixture.hpp"
#include "metadb/typed_columns.hpp"

namespace omsctl::metadb {
namespace {

constexpr int rows_per_seed = 60;

class EveryType : public MetadbTest, public testing::WithParamInterface<unsigned int> {
 protected:
  void create_and_fill(const std::string& table, bool with_key) {
    std::string columns = with_key ? "id BIGINT AUTO_INCREMENT PRIMARY KEY" : "id BIGINT";
    std::vector<std::string> names{"id"};
    for (std::size_t i = 0; i < every_type().size(); ++i) {
      names.push_back(fmt::format("c{}", i));
      columns += fmt::format(", c{} {}", i, every_type()[i].definition);
    }
    columns += ", v INT AS (c0 + 1) VIRTUAL, s VARCHAR(30) AS (CONCAT(c1, 'x')) STORED";
    sql({fmt::format("CREATE TABLE {} ({}) ENGINE=InnoDB ROW_FORMAT=DYNAMIC", table, columns)});
    Values values(GetParam());
    for (int row = 0; row < rows_per_seed; ++row) {
      std::vector<std::string> literals{std::to_string(row)};
      for (const TypedColumn& type : every_type())
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
    for (std::size_t i = 0; i < every_type().size(); ++i)
      expressions.push_back(every_type()[i].read(fmt::format("c{}", i)));
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
