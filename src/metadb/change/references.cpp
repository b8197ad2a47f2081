#include "references.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "omsctl/base/error.hpp"
#include "omsctl/metadb/copy/row_stream.hpp"
#include "omsctl/metadb/copy/sections.hpp"
#include "omsctl/metadb/quote.hpp"

#include "row_key.hpp"

namespace omsctl::metadb {
namespace {

/// Key and emptied columns: what is compared, since the others may have been changed by others.
class Projection {
 public:
  Projection(const Table& live, const Table& then, const std::vector<std::string>& emptied)
      : table_(live) {
    table_.columns.clear();
    for (const Column& column : live.columns) {
      const bool wanted = std::ranges::find(emptied, column.name) != emptied.end() ||
                          std::ranges::find(live.key, column.name) != live.key.end();
      if (!wanted)
        continue;
      const auto saved = std::ranges::find(then.columns, column.name, &Column::name);
      if (saved == then.columns.end() || column.generated)
        throw base::Error(base::Code::stopped,
                          fmt::format("column {} of {} is not what it was; nothing was changed",
                                      quote_name(column.name),
                                      live.quoted()),
                          "set the references by hand: they are in the rows file");
      table_.columns.push_back(column);
      positions_.push_back(static_cast<std::size_t>(saved - then.columns.begin()));
    }
  }

  [[nodiscard]] const Table& table() const noexcept { return table_; }
  [[nodiscard]] std::string tuple(const std::vector<std::string_view>& values) const {
    std::vector<std::string_view> some;
    for (const std::size_t position : positions_)
      some.push_back(values.at(position));
    return fmt::format("({})", fmt::join(some, ","));
  }

 private:
  Table table_;
  std::vector<std::size_t> positions_;
};

/// "`ref` = 5, `changed_at` = `changed_at`": nothing else may change, no time stamp either.
std::string settings_of(const Table& live,
                        const Table& then,
                        const std::vector<std::string>& emptied,
                        const std::vector<std::string_view>& values) {
  std::vector<std::string> settings;
  for (std::size_t i = 0; i < then.columns.size(); ++i)
    if (std::ranges::find(emptied, then.columns[i].name) != emptied.end())
      settings.push_back(fmt::format("{} = {}", quote_name(then.columns[i].name), values.at(i)));
  for (const Column& column : live.columns)
    if (column.touched && std::ranges::find(emptied, column.name) == emptied.end())
      settings.push_back(fmt::format("{0} = {0}", quote_name(column.name)));
  return fmt::format("{}", fmt::join(settings, ", "));
}

}  // namespace

namespace {

void require_key(const Table& table) {
  if (table.key.empty())
    throw base::Error(base::Code::stopped,
                      fmt::format("{} has lost its key; nothing was changed", table.quoted()),
                      "set the references by hand: they are in the rows file");
}

}  // namespace

std::uint64_t count_lost_references(Database& database,
                                    const Table& table,
                                    const SavedRows& saved,
                                    const std::filesystem::path& file) {
  require_key(table);
  std::uint64_t lost = 0;
  static_cast<void>(parse_file(file, [&](const RowsSection& section, std::string_view tuple) {
    const Projection projection(table, section.table, saved.rows.emptied);
    Table keyed = section.table;
    keyed.key = table.key;
    const std::string wanted = projection.tuple(values_of(tuple));
    stream_tuples(
        database, projection.table(), KeyOf(keyed)(tuple), Lock::none, [&](const std::string& now) {
          lost += now == wanted ? 0U : 1U;
        });
  }));
  return lost;
}

void restore_references(Database& database,
                        const Table& table,
                        const SavedRows& saved,
                        const std::filesystem::path& file) {
  require_key(table);
  RowSum wanted;
  const ParsedFile parsed =
      parse_file(file, [&](const RowsSection& section, std::string_view tuple) {
        const Projection projection(table, section.table, saved.rows.emptied);
        Table keyed = section.table;
        keyed.key = table.key;
        const std::vector<std::string_view> values = values_of(tuple);
        const std::string settings = settings_of(table, section.table, saved.rows.emptied, values);
        if (database.execute(fmt::format(
                "UPDATE {} SET {} WHERE {}", table.quoted(), settings, KeyOf(keyed)(tuple))) > 0)
          wanted.add(projection.tuple(values));
      });
  const Projection projection(table, parsed.sections.at(0).table, saved.rows.emptied);
  if (digest_of(database, projection.table(), saved.rows.where, Lock::none) !=
      wanted.digest(projection.table()))
    throw base::Error(
        base::Code::stopped,
        fmt::format("the references of {} do not become what they were; nothing was changed",
                    table.quoted()),
        "a trigger or another session changes them: see SHOW TRIGGERS and SHOW PROCESSLIST");
}

}  // namespace omsctl::metadb
