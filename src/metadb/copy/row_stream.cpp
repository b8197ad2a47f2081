#include "omsctl/metadb/copy/row_stream.hpp"

#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/evp.h>

#include "omsctl/base/digest.hpp"
#include "omsctl/base/error.hpp"
#include "omsctl/metadb/quote.hpp"
#include "omsctl/metadb/schema/literal.hpp"

namespace omsctl::metadb {
namespace {

/// Strings come as the bytes that are stored, in whatever character set, while this lives.
class RawStrings {
 public:
  explicit RawStrings(Database& database) : database_(database) {
    database_.execute("SET SESSION character_set_results = binary");
  }
  RawStrings(const RawStrings&) = delete;
  RawStrings& operator=(const RawStrings&) = delete;
  RawStrings(RawStrings&&) = delete;
  RawStrings& operator=(RawStrings&&) = delete;
  ~RawStrings() {
    try {
      database_.execute("SET SESSION character_set_results = utf8mb4");
    } catch (...) {
      // The connection is gone, which the next statement reports.
      return;
    }
  }

 private:
  Database& database_;
};

std::string select_statement(const Table& table,
                             const std::string& where,
                             Lock lock,
                             std::uint64_t limit) {
  std::vector<std::string> expressions;
  for (const Column& column : table.columns)
    expressions.push_back(select_expression(column));
  std::vector<std::string> key;
  for (const std::string& column : table.key)
    key.push_back(quote_name(column));
  return fmt::format("SELECT {} FROM {} WHERE ({}){}{}{}{}",
                     fmt::join(expressions, ", "),
                     table.quoted(),
                     where,
                     key.empty() ? "" : " ORDER BY ",
                     fmt::join(key, ", "),
                     limit == 0 ? "" : fmt::format(" LIMIT {}", limit),
                     lock == Lock::for_update ? " FOR UPDATE" : "");
}

void write_tuple(const Table& table, const Row& row, std::string& tuple) {
  tuple.assign(1, '(');
  bool generated = false;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const Column& column = table.columns[i];
    if (column.generated && !generated)
      tuple += ") /*";
    else if (i > 0)
      tuple += ',';
    generated = column.generated;
    tuple += literal(column, row[i]);
  }
  tuple += generated ? "*/" : ")";
}

}  // namespace

void RowSum::add(std::string_view tuple) {
  std::array<unsigned char, 32> hash{};
  if (EVP_Digest(tuple.data(), tuple.size(), hash.data(), nullptr, EVP_sha256(), nullptr) != 1)
    throw base::Error(base::Code::internal, "SHA-256 failed");
  std::uint64_t carry = 0;
  for (std::size_t i = 0; i < sum_.size(); ++i) {
    std::uint64_t part = 0;
    for (std::size_t byte = 0; byte < 8; ++byte)
      part |= std::uint64_t{hash.at(8 * i + byte)} << (8 * byte);
    const std::uint64_t with_carry = sum_.at(i) + carry;
    carry = with_carry < carry ? 1U : 0U;
    sum_.at(i) = with_carry + part;
    carry += sum_.at(i) < part ? 1U : 0U;
  }
  ++count_;
}

RowDigest RowSum::digest(const Table& table) const {
  return {
      .count = count_,
      .sha256 = base::sha256(fmt::format("omsctl rows 1\n{}\n{}\n{:016x}{:016x}{:016x}{:016x}\n",
                                         table.shape(),
                                         count_,
                                         sum_[3],
                                         sum_[2],
                                         sum_[1],
                                         sum_[0]))};
}

void stream_tuples(Database& database,
                   const Table& table,
                   const std::string& where,
                   Lock lock,
                   const std::function<void(const std::string&)>& each,
                   std::uint64_t limit) {
  const RawStrings raw(database);
  std::string tuple;
  database.stream(select_statement(table, where, lock, limit), [&](const Row& row) {
    write_tuple(table, row, tuple);
    each(tuple);
  });
}

RowDigest digest_of(Database& database, const Table& table, const std::string& where, Lock lock) {
  RowSum sum;
  stream_tuples(database, table, where, lock, [&sum](const std::string& tuple) { sum.add(tuple); });
  return sum.digest(table);
}

RowDigest digest_rows(Database& database, const RowSet& rows) {
  return digest_of(
      database, read_table(database, rows.database, rows.table), rows.where, Lock::none);
}

}  // namespace omsctl::metadb
