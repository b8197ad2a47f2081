#include "omsctl/run/store/by_hand.hpp"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <optional>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "omsctl/base/error.hpp"
#include "omsctl/base/files.hpp"
#include "omsctl/base/json.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/oms/programs.hpp"
#include "omsctl/remote/shell.hpp"

namespace omsctl::run {
namespace {

using nlohmann::json;
using remote::quote;
namespace fs = std::filesystem;

std::string text_of(const fs::path& file) {
  try {
    return base::read_file(file);
  } catch (const base::Error&) {
    return "";
  }
}

json json_of(const std::string& text) {
  const std::optional<json> document = base::try_json(text);
  return document ? *document : json();
}

std::string word(const json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

/// Every object within `document` is shown to `look`.
void for_each_object(const json& document, const std::function<void(const json&)>& look) {
  if (document.is_object())
    look(document);
  if (document.is_structured())
    for (const json& part : document)
      for_each_object(part, look);
}

/// The first object of the plan that is about `host` and has a word under `key`.
json of_host(const json& plan, const std::string& host, const char* key) {
  json found;
  for_each_object(plan, [&](const json& object) {
    if (found.is_null() && word(object, "host") == host && !word(object, key).empty())
      found = object;
  });
  return found;
}

/// The hosts of which an artifact "HOST<ending>" was kept, and its file.
std::vector<std::pair<std::string, fs::path>> artifacts(const fs::path& directory,
                                                        const std::string& ending) {
  std::vector<std::pair<std::string, fs::path>> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(directory / "artifacts", error)) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(ending))
      found.emplace_back(name.substr(0, name.size() - ending.size()), entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::string last_record(const fs::path& journal) {
  std::string told = "nothing";
  for (const std::string& line : base::lines_of(text_of(journal))) {
    const json record = json_of(line);
    if (const std::string event = word(record, "event"); !event.empty())
      told = fmt::format("{} {} at {}", event, word(record, "step"), word(record, "at"));
  }
  return told;
}

/// `deployment`: "host:port/database".
std::string client_of(const std::string& deployment) {
  const std::string server = deployment.substr(0, deployment.rfind('/'));
  const auto colon = server.rfind(':');
  if (colon == std::string::npos)
    return "mysql -h HOST -P PORT -u USER -p";
  return fmt::format("mysql -h {} -P {} -u USER -p",
                     quote(server.substr(0, colon)),
                     quote(server.substr(colon + 1)));
}

std::string rows_back(const fs::path& directory, const json& plan) {
  const fs::path saved = directory / "backup" / "clear";
  const json manifest = json_of(text_of(saved / "manifest.json"));
  if (!manifest.is_object())
    return "   none were saved for a delete: none were deleted by this run\n";
  std::string text =
      "   delete first what docker_init.sh has written for the region, children first "
      "(\"where\" in " +
      (saved / "manifest.json").string() + "); then load, parents first:\n";
  for (const json& table : manifest.value("tables", json::array()))
    text += fmt::format("   {} {} < {}\n",
                        client_of(word(plan, "deployment")),
                        quote(word(table, "database")),
                        quote((saved / word(table, "rows_file")).string()));
  return text;
}

std::string configs_back(const fs::path& directory, const json& plan) {
  std::string text;
  for (const auto& [host, file] : artifacts(directory, ".config.old")) {
    text += fmt::format("   {}: {} on this machine\n", host, file.string());
    const json known = of_host(plan, host, "copy");
    if (!known.is_null())
      text += fmt::format(
          "   on {0}: dd if={1} of={2} conv=notrunc,fsync && truncate -s $(stat -c %s {1}) {2}\n",
          host,
          quote(word(known, "copy")),
          quote(word(known, "path")));
  }
  return text.empty() ? "   none was kept: none was changed by this run\n" : text;
}

std::string programs_back(const fs::path& directory, const json& plan) {
  std::string text;
  for (const auto& [host, file] : artifacts(directory, ".programs")) {
    const std::string container = word(of_host(plan, host, "container"), "container");
    std::string programs;
    for (const std::string& program : oms::running(oms::parse_programs(text_of(file))))
      programs += " " + quote(program);
    text += fmt::format(
        "   on {0}: docker exec -w /root {1} python -m omsflow.scripts.units.oms_init_manager "
        "--init-config-file\n"
        "   on {0}: docker exec {1} supervisorctl start{2}\n",
        host,
        container.empty() ? "CONTAINER" : quote(container),
        programs.empty() ? " all" : programs);
  }
  return text.empty() ? "   none were recorded: none were stopped by this run\n" : text;
}

}  // namespace

std::string back_by_hand(const RunDirectory& directory) {
  const fs::path& path = directory.path();
  const json plan = json_of(text_of(path / "plan.json"));
  return fmt::format(
      "Run {}, {} of {}: its last record is {}.\n"
      "The way back by hand (docs/recovery.md, \"Back, by hand\"), the service first:\n"
      "1. On each node: no docker_init.sh may run any more; wait for the end of one that does.\n"
      "2. On new nodes: docker stop CONTAINER; on existing ones: docker exec CONTAINER "
      "supervisorctl "
      "stop all.\n"
      "3. The rows that were deleted:\n{}"
      "4. The old config.yaml, in place:\n{}"
      "5. The components' configuration from the old config.yaml, and the programs that ran "
      "before:\n{}"
      "6. When OMS serves again, in the rm database: DELETE FROM omsctl_lease WHERE run = '{}'\n",
      directory.run(),
      word(plan, "command"),
      word(plan, "deployment"),
      last_record(path / "journal.jsonl"),
      rows_back(path, plan),
      configs_back(path, plan),
      programs_back(path, plan),
      directory.run());
}

}  // namespace omsctl::run
