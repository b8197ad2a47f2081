#include "omsctl/run/store/written_files.hpp"

#include <fmt/format.h>

#include "omsctl/base/digest.hpp"
#include "omsctl/base/error.hpp"
#include "omsctl/base/files.hpp"

namespace omsctl::run {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

/// The artifact that the action writes for others, where it is one that does.
std::string recorded_by(const plan::Action& action) {
  if (const auto* capture = std::get_if<plan::Capture>(&action))
    return capture->artifact;
  if (const auto* record = std::get_if<plan::RecordSql>(&action))
    return record->artifact;
  return "";
}

void add(json& digests, const fs::path& directory, const fs::path& file) {
  digests[file.lexically_relative(directory).string()] = base::sha256(base::read_file(file));
}

}  // namespace

json files_at_start(const RunDirectory& directory, bool back) {
  const fs::path& path = directory.path();
  json digests = json::object();
  if (back) {
    add(digests, path, path / "rollback.json");
    return digests;
  }
  for (const char* name : {"plan.json", "run.json"})
    add(digests, path, path / name);
  for (const auto& entry : fs::directory_iterator(path / "artifacts"))
    add(digests, path, entry.path());
  return digests;
}

json files_recorded_by(const plan::Step& step, const RunDirectory& directory) {
  json digests = json::object();
  for (const plan::Action& action : step.apply)
    if (const std::string name = recorded_by(action); !name.empty() && directory.has_artifact(name))
      add(digests, directory.path(), directory.artifact(name));
  return digests;
}

void verify_files(const fs::path& directory, const std::vector<json>& records) {
  for (const json& record : records) {
    const auto files = record.find(files_key);
    if (files == record.end())
      continue;
    for (const auto& [name, digest] : files->items()) {
      const fs::path file = directory / name;
      if (base::sha256(base::read_file(file)) != digest)
        throw base::Error(base::Code::storage,
                          fmt::format("{} is not as it was written: its content has another "
                                      "digest than the run's journal says",
                                      file.string()));
    }
  }
}

}  // namespace omsctl::run
