#include "words.hpp"

#include <string_view>

#include <fmt/format.h>

#include "omsctl/base/text.hpp"
#include "omsctl/metadb/quote.hpp"
#include "omsctl/plan/calls.hpp"
#include "omsctl/remote/shell.hpp"

namespace omsctl::plan {

using base::printable;

void on_host(std::vector<std::string>& lines,
             const std::string& host,
             const remote::Calls& calls,
             const std::string& stream) {
  lines.push_back(fmt::format("on {}:", printable(host)));
  for (const std::string& line : base::lines_of(remote::call_text(calls)))
    lines.push_back("  " + printable(line));
  if (!stream.empty())
    lines.back() += " " + printable(stream);
}

void in_metadb(std::vector<std::string>& lines, const std::string& sql) {
  lines.push_back("SQL: " + printable(sql));
}

std::string table_of(const metadb::RowSet& set) {
  return metadb::quote_name(set.database, set.table);
}

namespace {

constexpr std::string_view begin_delete =
    "SET TRANSACTION ISOLATION LEVEL READ COMMITTED; START TRANSACTION";

/// The manifest lists parents before children; deleting goes the other way.
void delete_each(std::vector<std::string>& lines, const std::vector<metadb::RowSet>& sets) {
  const std::vector<metadb::RowSet> children_first(sets.rbegin(), sets.rend());
  for (const metadb::RowSet& set : children_first)
    in_metadb(lines,
              set.emptied.empty()
                  ? fmt::format("DELETE FROM {} WHERE ({})", table_of(set), set.where)
                  : fmt::format("-- ON DELETE SET NULL will empty {} of {} WHERE ({})",
                                base::join(set.emptied, ", "),
                                table_of(set),
                                set.where));
}

}  // namespace

std::vector<std::string> image_lines(const ShipImage& value) {
  std::vector<std::string> lines;
  on_host(lines, value.from, {send_image(value)}, "|");
  on_host(lines, value.host, {receive_image(), has_layers(value.image, value.layers_sha256)});
  return lines;
}

std::vector<std::string> delete_statements(const DeleteRows& value) {
  std::vector<std::string> lines;
  in_metadb(lines, std::string(begin_delete));
  in_metadb(lines, "the lease is checked, the rows are locked and compared with the snapshot");
  delete_each(lines, value.followers);
  delete_each(lines, value.sets);
  in_metadb(lines, "COMMIT");
  return lines;
}

std::vector<std::string> rehearsal_statements(const RehearseDelete& value) {
  std::vector<std::string> lines;
  in_metadb(lines, std::string(begin_delete));
  delete_each(lines, value.sets);
  in_metadb(lines, "ROLLBACK");
  return lines;
}

std::vector<std::string> dump_statements(const DumpDatabases& value) {
  std::vector<std::string> lines;
  in_metadb(lines,
            "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; START TRANSACTION WITH CONSISTENT "
            "SNAPSHOT");
  for (const std::string& database : value.databases)
    in_metadb(lines,
              fmt::format(
                  "SELECT every table of {} > {}/", metadb::quote_name(database), value.directory));
  return lines;
}

std::vector<std::string> snapshot_statements(const SnapshotRows& value) {
  std::vector<std::string> lines;
  for (const auto& set : value.sets)
    in_metadb(
        lines,
        fmt::format("SELECT * FROM {} WHERE {} > {}/", table_of(set), set.where, value.directory));
  return lines;
}

std::vector<std::string> restore_statements(const RestoreRows& value) {
  std::vector<std::string> lines{fmt::format("SQL: the rows of {}/", value.directory)};
  for (const metadb::RowSet& set : value.sets)
    in_metadb(lines,
              fmt::format("DELETE FROM {} WHERE ({})  -- those that are not among them",
                          table_of(set),
                          set.where));
  in_metadb(lines, value.rehearse ? "ROLLBACK" : "COMMIT");
  return lines;
}

std::vector<std::string> config_lines(const RestoreConfig& value) {
  const remote::Calls calls = calls_of(Action(value));
  std::vector<std::string> lines;
  on_host(lines, value.known.host, {calls.at(0)});
  on_host(lines, value.known.host, {calls.at(1)}, "< artifacts/" + value.artifact);
  on_host(lines, value.known.host, {calls.at(2)});
  return lines;
}

std::vector<std::string> room_lines(const ReserveRoom& value) {
  if (value.host.empty())
    return {fmt::format(
        "on this machine: {}: twice the size of {}/ and 8 MiB", printable(value.path), value.like)};
  std::vector<std::string> lines;
  on_host(lines, value.host, calls_of(Action(value)));
  return lines;
}

std::vector<std::string> copy_lines(const CopyRun& value) {
  const remote::Calls calls = calls_of(Action(value));
  std::vector<std::string> lines{
      fmt::format("tar -c {} and its seal |", remote::command_line(value.parts))};
  on_host(lines, value.host, calls);
  return lines;
}

std::vector<std::string> id_questions(const TellChangedIds& value) {
  std::vector<std::string> lines;
  for (const metadb::NamedIds& named : value.tables)
    in_metadb(
        lines,
        fmt::format("SELECT {}, {} FROM {}, compared with {}/; then COUNT(*) of the old ones in "
                    "columns that hold them",
                    metadb::quote_name(named.name_column),
                    metadb::quote_name(named.id_column),
                    metadb::quote_name(named.database, named.table),
                    value.directory));
  return lines;
}

}  // namespace omsctl::plan
