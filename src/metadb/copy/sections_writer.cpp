#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "omsctl/metadb/copy/progress.hpp"
#include "omsctl/metadb/copy/sections.hpp"
#include "omsctl/metadb/database.hpp"
#include "omsctl/metadb/quote.hpp"
#include "omsctl/metadb/row_set.hpp"

namespace omsctl::metadb {
namespace {

constexpr std::uint64_t rows_between_reports = 4096;

/// One line of JSON in ASCII, whatever the names in it.
std::string one_line(const nlohmann::json& json) {
  return json.dump(-1, ' ', true);
}

nlohmann::json header_of(const Table& table, const RowSet& rows) {
  nlohmann::json header{{"database", table.database},
                        {"table", table.name},
                        {"where", rows.where},
                        {"columns", table.columns}};
  if (!rows.emptied.empty())
    header["emptied"] = rows.emptied;
  if (table.auto_increment)
    header["auto_increment"] = *table.auto_increment;
  return header;
}

/// Puts tuples into INSERT statements below `largest_batch` (a single larger row stays alone).
class Batches {
 public:
  Batches(CopyWriter& sink, std::string prefix) : sink_(sink), prefix_(std::move(prefix)) {}

  void add(std::string_view tuple) {
    if (size_ == 0) {
      sink_.write(prefix_);
      sink_.write("\n");
      size_ = prefix_.size();
    } else if (size_ + tuple.size() >= largest_batch) {
      sink_.write(";\n");
      sink_.write(prefix_);
      sink_.write("\n");
      size_ = prefix_.size();
    } else {
      sink_.write(",\n");
    }
    sink_.write(tuple);
    size_ += tuple.size() + 2;
  }

  void finish() {
    if (size_ > 0)
      sink_.write(";\n");
  }

 private:
  CopyWriter& sink_;
  std::string prefix_;
  std::size_t size_ = 0;
};

}  // namespace

void write_text(CopyWriter& sink, std::string_view sql) {
  sink.write(fmt::format("-- omsctl text {}\n", one_line({{"bytes", sql.size() + 1}})));
  sink.write(sql);
  sink.write("\n");
}

void write_end(CopyWriter& sink) {
  sink.write("-- omsctl end\n");
}

RowDigest write_rows(Database& database,
                     CopyWriter& sink,
                     const Table& table,
                     const RowSet& rows,
                     const Progress& progress) {
  sink.write(fmt::format("-- omsctl rows {}\n", one_line(header_of(table, rows))));
  Batches batches(sink, table.insert_prefix(quote_name(table.name)));
  const std::string what = table.database + "." + table.name;
  const std::uint64_t start = sink.written();
  RowSum sum;
  stream_tuples(database, table, rows.where, Lock::none, [&](const std::string& tuple) {
    sum.add(tuple);
    batches.add(tuple);
    if (progress && sum.count() % rows_between_reports == 0)
      progress(what, sum.count(), sink.written() - start);
  });
  batches.finish();
  sink.write(fmt::format("-- omsctl rows end {}\n", one_line({{"rows", sum.count()}})));
  if (progress)
    progress(what, sum.count(), sink.written() - start);
  return sum.digest(table);
}

}  // namespace omsctl::metadb
