#include "omsctl/run/store/evidence.hpp"

#include <filesystem>
#include <optional>

#include <nlohmann/json.hpp>

#include "omsctl/base/error.hpp"
#include "omsctl/base/files.hpp"
#include "omsctl/base/json.hpp"
#include "omsctl/base/version.hpp"
#include "omsctl/run/store/journal.hpp"
#include "omsctl/run/store/plan_file.hpp"
#include "omsctl/run/store/run_file.hpp"
#include "omsctl/run/store/written_files.hpp"

namespace omsctl::run {
namespace {

using base::Error;
using nlohmann::json;
namespace fs = std::filesystem;

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

/// The object in a file that may be of any version, or none.
json object_in(const std::string& text) {
  const std::optional<json> document = base::try_json(text);
  return document && document->is_object() ? *document : json::object();
}

std::string text_of(const fs::path& file) {
  try {
    return base::read_file(file);
  } catch (const Error&) {
    return "";
  }
}

std::string word(const json& document, const char* key) {
  const auto found = document.find(key);
  return found != document.end() && found->is_string() ? found->get<std::string>() : "";
}

bool is_of_format(const json& document, int known) {
  const auto format = document.find("format");
  return format == document.end() || *format == known;
}

/// Files of another format than this omsctl writes are those of the version that plan.json names.
/// Under this version's own name they are damage.
void look_for_another_version(const fs::path& path, Evidence& evidence) {
  const json plan = object_in(text_of(path / "plan.json"));
  const std::string journal = text_of(path / "journal.jsonl");
  if (is_of_format(plan, plan::Plan{}.format) &&
      is_of_format(object_in(text_of(path / "run.json")), run_file_format) &&
      is_of_format(object_in(journal.substr(0, journal.find('\n'))), journal_format))
    return;
  const std::string version = word(plan, "omsctl_version");
  if (version == base::version())
    return;
  evidence.made_by = version;
  evidence.forward.command = word(plan, "command");
  evidence.forward.deployment = word(plan, "deployment");
}

/// What the journal says; every file that it names is the one that was written.
History history_in(const fs::path& journal) {
  if (!is_there(journal))
    return {};
  const auto records = read_journal(journal);
  verify_files(journal.parent_path(), records);
  return history_of(records);
}

void read_files(const fs::path& path, Evidence& evidence) {
  evidence.forward = history_in(path / "journal.jsonl");
  if (is_there(path / "plan.json") && is_there(path / "run.json"))
    evidence.plan = read_plan(path / "plan.json");
  const History back = history_in(rollback_journal(path));
  if (!back.empty() && is_there(path / "rollback.json"))
    evidence.back = way_back_taken(read_plan(path / "rollback.json"), back);
}

}  // namespace

Evidence read_evidence(const RunDirectory& directory) {
  const fs::path& path = directory.path();
  Evidence evidence{.run = directory.run(),
                    .directory = path,
                    .fetched = is_there(path / fetched_mark),
                    .fetched_in_part = is_there(path / fetching_mark),
                    .at_work = directory.is_locked()};
  if (evidence.fetched_in_part) {
    evidence.damage = "its second copy was not fetched to its end";
    return evidence;
  }
  look_for_another_version(path, evidence);
  if (!evidence.made_by.empty())
    return evidence;
  try {
    read_files(path, evidence);
  } catch (const Error& error) {
    evidence.damage = error.what();
  }
  return evidence;
}

History way_back_taken(const plan::Plan& back, const History& history) {
  return has_only_looked(back, history) && history.state != end_state::done ? History{} : history;
}

}  // namespace omsctl::run
