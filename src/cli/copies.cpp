#include "copies.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "omsctl/base/error.hpp"
#include "omsctl/base/files.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/metadb/copy/backup_info.hpp"
#include "omsctl/metadb/copy/manifest.hpp"
#include "omsctl/plan/codec.hpp"
#include "omsctl/run/store/directory.hpp"

namespace omsctl::cli {
namespace {

using base::Code;
using base::Error;
namespace fs = std::filesystem;

/// Rows, size and whether each part is finished, by the manifests.
void measure(Copy& copy, const fs::path& directory) {
  CopyReport& report = copy.report;
  report.directory = directory.string();
  report.complete = !copy.parts.empty();
  for (const Copy::Part& part : copy.parts) {
    try {
      const metadb::Manifest manifest = metadb::read_manifest(part.directory);
      for (const metadb::SavedRows& saved : manifest.tables)
        report.rows += saved.digest.count;
      if (report.taken.empty())
        report.taken = manifest.taken;
    } catch (const Error& error) {
      report.complete = false;
      if (fs::exists(part.directory / "manifest.json"))
        report.problem = error.what();
    }
    if (fs::exists(part.directory))
      report.bytes += base::bytes_below(part.directory);
  }
}

Copy backup_in(const fs::path& directory) {
  Copy copy;
  CopyReport& report = copy.report;
  report.id = directory.filename().string();
  try {
    const metadb::BackupInfo info = metadb::read_backup_info(directory);
    report.kind = info.kind;
    report.taken = info.taken;
    report.deployment = info.deployment;
    report.region = info.region;
  } catch (const Error& error) {
    report.kind = "unknown";
    report.problem = error.what();
  }
  if (report.kind != "before a restore")
    copy.parts.push_back({"full", directory / "full"});
  copy.parts.push_back({"rows", directory / "rows"});
  report.holds = report.kind == "before a restore" ? std::vector<std::string>{"rows"}
                                                   : std::vector<std::string>{"full dump", "rows"};
  const std::string problem = report.problem;
  measure(copy, directory);
  if (!problem.empty()) {
    report.problem = problem;
    report.complete = false;
  }
  return copy;
}

void add_copies_of_run(const fs::path& state, const std::string& run, std::vector<Copy>& copies) {
  const fs::path directory = state / "runs" / run;
  plan::Head plan;
  std::string problem;
  try {
    plan = plan::head_of(base::read_file(directory / "plan.json"));
  } catch (const Error& error) {
    problem = error.what();
  }
  for (const char* name : {"first", "full", "clear"}) {
    const fs::path place = directory / "backup" / name;
    if (!fs::is_directory(place))
      continue;
    const bool full = std::string_view(name) == "full";
    Copy copy;
    copy.report.id = run + "/" + name;
    copy.report.kind = plan.command.empty() ? "of a run" : "of " + plan.command;
    copy.report.deployment = plan.deployment;
    copy.report.region = plan.region;
    copy.report.holds = {full ? "full dump" : "rows"};
    copy.parts = {{full ? "full" : "rows", place}};
    copy.of_all_regions = plan.command == "scale-out region";
    measure(copy, place);
    if (!problem.empty())
      copy.report.problem = problem;
    copies.push_back(std::move(copy));
  }
}

[[noreturn]] void no_copy(const fs::path& state, const std::string& id) {
  throw Error(Code::usage,
              fmt::format("there is no copy \"{}\" in {}", base::printable(id), state.string()),
              "omsctl metadb list shows what there is; --state-dir names another place");
}

}  // namespace

const Copy::Part* Copy::part(std::string_view name) const {
  const auto found = std::find_if(
      parts.begin(), parts.end(), [name](const Part& one) { return one.name == name; });
  return found == parts.end() ? nullptr : &*found;
}

fs::path backups_in(const fs::path& state) {
  return state / "backups";
}

std::vector<Copy> list_copies(const fs::path& state) {
  std::vector<Copy> copies;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(backups_in(state), error))
    if (entry.is_directory())
      copies.push_back(backup_in(entry.path()));
  for (const std::string& run : run::list_runs(state))
    add_copies_of_run(state, run, copies);
  // Ids begin with the time they were made at.
  std::stable_sort(copies.begin(), copies.end(), [](const Copy& left, const Copy& right) {
    return left.report.id.substr(0, left.report.id.find('/')) <
           right.report.id.substr(0, right.report.id.find('/'));
  });
  return copies;
}

Copy find_copy(const fs::path& state, const std::string& id) {
  std::vector<Copy> fitting;
  for (Copy& copy : list_copies(state)) {
    if (id == "last" ? copy.report.kind == "backup" && copy.report.complete
                     : !id.empty() && copy.report.id.starts_with(id))
      fitting.push_back(std::move(copy));
    if (!fitting.empty() && fitting.back().report.id == id)
      return fitting.back();
  }
  if (fitting.empty())
    no_copy(state, id);
  if (id == "last" || fitting.size() == 1)
    return fitting.back();
  std::vector<std::string> ids;
  ids.reserve(fitting.size());
  for (const Copy& copy : fitting)
    ids.push_back(copy.report.id);
  throw Error(Code::usage,
              fmt::format("\"{}\" fits several copies: {}", id, base::join(ids, ", ")),
              "give more of its id");
}

}  // namespace omsctl::cli
