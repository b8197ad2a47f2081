/// The parts of our SQL files. The stock mysql client reads them as SQL; we read them by the
/// comment lines between:
///
///   -- omsctl text {"bytes":N}                    followed by N bytes of SQL (session settings,
///   CREATE TABLE, triggers)
///   -- omsctl rows {"database":…,"columns":[…]}   followed by INSERT statements, one row a line
///   -- omsctl rows end {"rows":N}
///   -- omsctl end
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "omsctl/metadb/copy/copy_file.hpp"
#include "omsctl/metadb/copy/progress.hpp"
#include "omsctl/metadb/copy/row_stream.hpp"
#include "omsctl/metadb/database.hpp"
#include "omsctl/metadb/row_set.hpp"

namespace omsctl::metadb {

void write_text(CopyWriter& sink, std::string_view sql);
void write_end(CopyWriter& sink);

/// Streams `rows` of `table` into `sink`. Returns the digest of what the server sent.
RowDigest write_rows(Database& database,
                     CopyWriter& sink,
                     const Table& table,
                     const RowSet& rows,
                     const Progress& progress);

/// The rows of one table in a file.
struct RowsSection {
  RowSet rows;
  Table table;  ///< columns and auto_increment as they were
  RowDigest digest;
};

/// Called for every row, with the section it is in (digest not yet known).
using EachTuple = std::function<void(const RowsSection&, std::string_view tuple)>;

/// Called for every text of SQL between the rows.
using EachText = std::function<void(std::string_view sql)>;

struct ParsedFile {
  std::string sha256;
  std::vector<RowsSection> sections;
};

/// Reads a whole file of ours. Throws Error{storage} where it is not what a CopyWriter wrote.
[[nodiscard]] ParsedFile parse_file(const std::filesystem::path& path,
                                    const EachTuple& each = {},
                                    const EachText& each_text = {});

/// The rows.sql tuple without the comment that holds generated values.
[[nodiscard]] std::string_view insertable(std::string_view tuple);

/// Values of a tuple in column order, generated ones last.
[[nodiscard]] std::vector<std::string_view> values_of(std::string_view tuple);

/// What every statement batch stays below, so that any server's max_allowed_packet takes it.
inline constexpr std::size_t largest_batch = 1'000'000;

}  // namespace omsctl::metadb
