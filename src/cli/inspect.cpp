#include "inspect.hpp"

#include <filesystem>

#include <fmt/format.h>

#include "omsctl/base/error.hpp"
#include "omsctl/base/version.hpp"
#include "omsctl/config/settings.hpp"
#include "omsctl/plan/describe.hpp"
#include "omsctl/run/store/by_hand.hpp"
#include "omsctl/run/store/evidence.hpp"
#include "omsctl/run/store/journal.hpp"

namespace omsctl::cli {
namespace {

/// One line; one run that cannot be read hides no other.
run::Standing tell_standing(const run::Evidence& evidence, Output& output) {
  run::Standing standing = run::standing_of(evidence);
  run::History history = evidence.forward;
  const bool unread =
      standing.where == run::Where::damaged || standing.where == run::Where::another_version;
  if (unread)
    history.reason = standing.reason;
  output.run_summary(standing, history);
  return standing;
}

void tell_records(const run::Evidence& evidence, Output& output) {
  if (evidence.plan)
    output.answer(plan::table(*evidence.plan));
  const auto journal = evidence.directory / "journal.jsonl";
  std::error_code ignored;
  if (!std::filesystem::exists(journal, ignored))
    return;
  for (const auto& record : run::read_journal(journal))
    output.answer(fmt::format("{}  {:<13} {:<24} {}",
                              record.value("at", ""),
                              record.value("event", ""),
                              record.value("step", ""),
                              record.value("reason", record.value("state", ""))));
}

}  // namespace

int config_check(const Options& options, Output& output) {
  const config::LoadedSettings loaded = config::load_settings_file(options.file);
  output.problems(options.file, loaded.problems);
  const bool wrong = loaded.has_errors() || !loaded.settings;
  const int code = wrong ? base::exit_code(base::Code::config) : 0;
  output.result(code, wrong ? "the file has errors" : "config.yaml is valid");
  return code;
}

int list_runs(const Options& options, Output& output) {
  const auto state = state_directory(options);
  const auto runs = run::list_runs(state);
  for (const std::string& run : runs) {
    const auto directory = run::RunDirectory::open(state, run);
    (void)tell_standing(run::read_evidence(directory), output);
  }
  output.result(0, runs.empty() ? fmt::format("no runs in {}", (state / "runs").string()) : "");
  return 0;
}

int show_run(const Options& options, Output& output) {
  const auto directory = run::RunDirectory::open(state_directory(options), options.run);
  const run::Evidence evidence = run::read_evidence(directory);
  const run::Standing standing = tell_standing(evidence, output);
  if (standing.where == run::Where::damaged)
    throw run::refusal(standing);
  if (standing.where == run::Where::another_version)
    output.answer(run::back_by_hand(directory));
  else
    tell_records(evidence, output);
  output.result(
      0,
      fmt::format(
          "{}; {}; recorded in {}", standing.says(), standing.next, directory.path().string()));
  return 0;
}

int show_version(Output& output) {
  output.answer(fmt::format("omsctl {}", base::version()));
  output.result(0, "");
  return 0;
}

}  // namespace omsctl::cli
