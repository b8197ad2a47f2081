#include <filesystem>

#include <fmt/format.h>

#include "omsctl/base/error.hpp"
#include "omsctl/base/version.hpp"
#include "omsctl/cli/commands.hpp"
#include "omsctl/plan/describe.hpp"
#include "omsctl/run/store/directory.hpp"
#include "omsctl/run/store/plan_file.hpp"

namespace omsctl::cli {
namespace {

run::Summary summary_of(const run::RunDirectory& directory) {
  std::error_code ignored;
  const auto journal = directory.path() / "journal.jsonl";
  run::Summary summary;
  if (std::filesystem::exists(journal, ignored))
    summary = run::summarise(run::read_journal(journal));
  else
    summary.state = "never began";
  if (run::is_going_back(directory.path(), summary.state))
    summary.state = "going back";
  summary.run = directory.run();
  return summary;
}

/// One run that cannot be read hides no other.
run::Summary summary_or_damage(const run::RunDirectory& directory) {
  try {
    return summary_of(directory);
  } catch (const base::Error& error) {
    run::Summary summary;
    summary.run = directory.run();
    summary.state = "damaged";
    summary.reason = error.what();
    return summary;
  }
}

}  // namespace

int config_check(const Options& options, Output& output) {
  const oms::LoadedSettings loaded = oms::load_settings_file(options.file);
  output.problems(options.file, loaded.problems);
  const bool wrong = loaded.has_errors() || !loaded.settings;
  const int code = wrong ? base::exit_code(base::Code::config) : 0;
  output.result(code, wrong ? "the file has errors" : "the file is all right");
  return code;
}

int list_runs(const Options& options, Output& output) {
  const auto state = state_directory(options);
  const auto runs = run::list_runs(state);
  for (const std::string& run : runs) {
    const auto directory = run::RunDirectory::open(state, run);
    output.run_summary(summary_or_damage(directory), directory.is_locked());
  }
  output.result(0, runs.empty() ? fmt::format("no runs in {}", (state / "runs").string()) : "");
  return 0;
}

int show_run(const Options& options, Output& output) {
  const auto directory = run::RunDirectory::open(state_directory(options), options.run);
  output.run_summary(summary_of(directory), directory.is_locked());
  const auto file = directory.path() / "plan.json";
  std::error_code ignored;
  if (std::filesystem::exists(file, ignored))
    output.answer(plan::table(run::read_plan(file)));
  for (const auto& record : run::read_journal(directory.path() / "journal.jsonl"))
    output.answer(fmt::format("{}  {:<13} {:<24} {}",
                              record.value("at", ""),
                              record.value("event", ""),
                              record.value("step", ""),
                              record.value("reason", record.value("state", ""))));
  output.result(0, fmt::format("recorded in {}", directory.path().string()));
  return 0;
}

int show_version(Output& output) {
  output.answer(fmt::format("omsctl {}", base::version()));
  output.result(0, "");
  return 0;
}

}  // namespace omsctl::cli
