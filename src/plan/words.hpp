/// Actions in the words of a shell or of SQL. Private to this room.
#pragma once

#include <string>
#include <vector>

#include "omsctl/metadb/row_set.hpp"
#include "omsctl/plan/action.hpp"

namespace omsctl::plan {

/// `stream`: "< FILE" or "> FILE", with the last of the calls.
void on_host(std::vector<std::string>& lines,
             const std::string& host,
             const remote::Calls& calls,
             const std::string& stream = "");
void in_metadb(std::vector<std::string>& lines, const std::string& sql);
[[nodiscard]] std::string table_of(const metadb::RowSet& set);
[[nodiscard]] std::vector<std::string> image_lines(const ShipImage& value);
[[nodiscard]] std::vector<std::string> delete_statements(const DeleteRows& value);
[[nodiscard]] std::vector<std::string> rehearsal_statements(const RehearseDelete& value);
[[nodiscard]] std::vector<std::string> dump_statements(const DumpDatabases& value);
[[nodiscard]] std::vector<std::string> snapshot_statements(const SnapshotRows& value);
[[nodiscard]] std::vector<std::string> restore_statements(const RestoreRows& value);
[[nodiscard]] std::vector<std::string> config_lines(const RestoreConfig& value);
[[nodiscard]] std::vector<std::string> room_lines(const ReserveRoom& value);
[[nodiscard]] std::vector<std::string> copy_lines(const CopyRun& value);
[[nodiscard]] std::vector<std::string> id_questions(const TellChangedIds& value);

}  // namespace omsctl::plan
