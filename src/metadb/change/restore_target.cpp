#include "restore_target.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "omsctl/base/error.hpp"
#include "omsctl/metadb/copy/sections.hpp"
#include "omsctl/metadb/copy/snapshot.hpp"
#include "omsctl/metadb/quote.hpp"

namespace omsctl::metadb {
namespace {

bool same_column(const Column& now, const Column& then) {
  return now.encoding == then.encoding && now.charset == then.charset &&
         now.generated == then.generated &&
         (now.encoding != Encoding::index || now.type == then.type);
}

/// Columns that came later keep their defaults; one that is gone or means something else cannot be
/// restored.
Table with_saved_columns(Table live, const Table& saved) {
  for (const Column& column : saved.columns) {
    const auto now = std::ranges::find(live.columns, column.name, &Column::name);
    if (now == live.columns.end() || !same_column(*now, column))
      throw base::Error(
          base::Code::stopped,
          fmt::format("column {} of {} was {} when the rows were saved and is {} now; "
                      "nothing was changed",
                      quote_name(column.name),
                      live.quoted(),
                      column.type,
                      now == live.columns.end() ? "gone" : now->type),
          "restore by hand into a table like the one in the schema file");
  }
  const bool has_key = std::ranges::all_of(live.key, [&saved](const std::string& name) {
    return std::ranges::find(saved.columns, name, &Column::name) != saved.columns.end();
  });
  if (!has_key)
    live.key.clear();
  live.columns = saved.columns;
  live.auto_increment = saved.auto_increment;
  return live;
}

}  // namespace

std::vector<RestoreTarget> read_targets(Database& database,
                                        const std::filesystem::path& directory) {
  std::vector<RestoreTarget> targets;
  for (const SavedRows& saved : verify_snapshot(directory).tables) {
    const std::filesystem::path file = directory / saved.rows_file;
    const ParsedFile parsed = parse_file(file);
    if (parsed.sections.size() != 1)
      throw base::Error(base::Code::stopped,
                        fmt::format("{} is a full dump, not a snapshot of rows", file.string()),
                        "load it with the mysql client: zstd -dc FILE | mysql SCHEMA");
    Table table = read_table(database, saved.rows.database, saved.rows.table);
    if (saved.rows.emptied.empty())
      table = with_saved_columns(std::move(table), parsed.sections.front().table);
    targets.push_back({std::move(table), saved, file});
  }
  return targets;
}

}  // namespace omsctl::metadb
