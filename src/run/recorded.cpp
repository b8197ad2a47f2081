#include "recorded.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "omsctl/base/digest.hpp"
#include "omsctl/base/error.hpp"
#include "omsctl/base/json.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/metadb/database.hpp"

namespace omsctl::run {
namespace {

using nlohmann::json;

/// A row as it is compared and as it is shown: a value may be no UTF-8, which JSON would alter.
struct Line {
  std::string sha256;
  std::string shown;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Line, sha256, shown)

bool operator<(const Line& a, const Line& b) {
  return a.sha256 < b.sha256;
}

Line line_of(const metadb::Row& row) {
  std::string exact;
  std::vector<std::string> values;
  for (const auto& value : row) {
    exact += value ? fmt::format("{}:{}", value->size(), *value) : "NULL,";
    values.push_back(value ? base::printable(*value) : "NULL");
  }
  return {base::sha256(exact), base::join(values, " | ")};
}

std::vector<Line> recorded(const std::string& artifact, Workbench& bench) {
  try {
    return base::parse_json(bench.directory.read_artifact(artifact)).get<std::vector<Line>>();
  } catch (const json::exception& error) {
    throw base::Error(base::Code::storage,
                      fmt::format("{} of the run cannot be read: {}", artifact, error.what()));
  }
}

std::vector<Line> ask(const std::string& sql, Workbench& bench) {
  metadb::Database database = metadb::Database::connect(bench.endpoint);
  std::vector<Line> lines;
  for (const metadb::Row& row : database.query(sql).rows)
    lines.push_back(line_of(row));
  std::sort(lines.begin(), lines.end());
  return lines;
}

}  // namespace

void record_sql(const plan::RecordSql& action, Workbench& bench) {
  if (!bench.directory.has_artifact(action.artifact))
    bench.directory.write_artifact(action.artifact, json(ask(action.sql, bench)).dump(1) + "\n");
}

bool is_as_recorded(const plan::SqlAsRecorded& probe, Workbench& bench, std::string& evidence) {
  const std::vector<Line> before = recorded(probe.artifact, bench);
  const std::vector<Line> now = ask(probe.sql, bench);
  std::vector<std::string> differing;
  const auto list =
      [&](const char* sign, const std::vector<Line>& those, const std::vector<Line>& not_in) {
        std::vector<Line> only;
        std::set_difference(
            those.begin(), those.end(), not_in.begin(), not_in.end(), std::back_inserter(only));
        for (const Line& line : only)
          differing.push_back(sign + line.shown);
      };
  list("- ", before, now);
  list("+ ", now, before);
  evidence = base::join(differing, "; ");
  return differing.empty();
}

}  // namespace omsctl::run
