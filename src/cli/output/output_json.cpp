#include <cstdio>
#include <mutex>
#include <utility>

#include <nlohmann/json.hpp>

#include "omsctl/base/clock.hpp"
#include "omsctl/cli/output/output.hpp"
#include "omsctl/config/settings.hpp"
#include "omsctl/metadb/copy/snapshot.hpp"
#include "omsctl/plan/codec.hpp"

namespace omsctl::cli {
namespace {

using nlohmann::json;

/// One JSON object a line on stdout, nothing else; docs/events.schema.json is the contract.
class JsonOutput final : public Output {
 public:
  void say(const std::string& text) override { emit("progress", {{"text", text}}); }
  void answer(const std::string& text) override { emit("answer", {{"text", text}}); }
  void problems(const std::string& file, const std::vector<config::Problem>& problems) override {
    for (const config::Problem& problem : problems)
      emit("problem",
           {{"severity", problem.is_error ? "error" : "warning"},
            {"file", file},
            {"line", problem.line},
            {"column", problem.column},
            {"message", problem.message},
            {"hint", problem.hint}});
  }
  void findings(const checks::Findings& findings) override {
    using checks::Severity;
    for (const checks::Finding& finding : findings)
      emit("finding",
           {{"id", finding.id},
            {"severity",
             finding.severity == Severity::error     ? "error"
             : finding.severity == Severity::warning ? "warning"
                                                     : "note"},
            {"where", finding.where},
            {"evidence", finding.evidence},
            {"fix", finding.fix}});
  }
  void plan(const plan::Plan& plan,
            const std::vector<ConfigDiff>& diffs,
            bool /*details*/) override {
    run_ = plan.run;
    json changes = json::array();
    for (const ConfigDiff& diff : diffs)
      changes.push_back({{"host", diff.host}, {"diff", diff.text}});
    emit("plan", {{"plan", json::parse(plan::encode(plan))}, {"config_changes", changes}});
  }
  void report(const RunReport& report) override {
    json failures = json::array();
    for (const run::Failure& failure : report.outcome.failures)
      failures.push_back({{"where", failure.where},
                          {"step", failure.step},
                          {"reason", failure.reason},
                          {"hint", failure.hint},
                          {"log", failure.tail}});
    emit("report",
         {{"state", run::name(report.outcome.state)},
          {"directory", report.directory},
          {"failures", failures},
          {"undo_problems", report.outcome.undo_problems},
          {"by_hand", report.outcome.by_hand},
          {"notes", report.outcome.notes},
          {"standing", run::name(report.standing.where)},
          {"next", report.standing.next},
          {"taken_back",
           report.standing.where == run::Where::taken_back &&
               !report.standing.opens(run::Way::rollback)},
          {"services_stopped", report.standing.oms_down},
          {"outage_seconds", static_cast<double>(report.outcome.outage.count()) / 1000},
          {"init_seconds", static_cast<double>(report.outcome.init.count()) / 1000}});
  }
  void run_summary(const run::Standing& standing, const run::History& history) override {
    run_ = standing.run;
    const std::string unfinished = standing.is_running()                       ? "running"
                                   : standing.where == run::Where::never_begun ? "never began"
                                                                               : "killed";
    emit("run",
         {{"command", history.command},
          {"deployment", history.deployment},
          {"started", history.started},
          {"ended", history.ended},
          {"state", history.state.empty() ? unfinished : history.state},
          {"standing", run::name(standing.where)},
          {"step", history.step},
          {"reason", history.reason},
          {"next", standing.next},
          {"outage_seconds", history.outage_seconds},
          {"init_seconds", history.init_seconds}});
  }
  void copy(const CopyReport& copy) override {
    emit("copy",
         {{"id", copy.id},
          {"kind", copy.kind},
          {"taken", copy.taken},
          {"deployment", copy.deployment},
          {"region", copy.region},
          {"holds", copy.holds},
          {"rows", copy.rows},
          {"bytes", copy.bytes},
          {"complete", copy.complete},
          {"problem", copy.problem},
          {"directory", copy.directory}});
  }
  void copy_file(const std::string& part, const metadb::FileCheck& check) override {
    emit("copy_file",
         {{"part", part},
          {"file", check.file},
          {"rows", check.rows},
          {"bytes", check.bytes},
          {"problem", check.problem}});
  }
  void drilled_table(const metadb::DrilledTable& table) override {
    emit("drilled_table",
         {{"table", table.name}, {"rows", table.rows}, {"problem", table.problem}});
  }
  void row_changes(const metadb::RowChanges& changes) override {
    using Kind = metadb::RowChange::Kind;
    json examples = json::array();
    for (const metadb::RowChange& row : changes.examples)
      examples.push_back({{"what",
                           row.kind == Kind::inserted  ? "inserted"
                           : row.kind == Kind::updated ? "updated"
                                                       : "deleted"},
                          {"key", row.key},
                          {"columns", row.columns}});
    emit("row_changes",
         {{"database", changes.database},
          {"table", changes.table},
          {"saved", changes.saved},
          {"inserted", changes.missing},
          {"updated", changes.changed},
          {"deleted", changes.strangers},
          {"keyless", changes.keyless},
          {"references_only", changes.references_only},
          {"examples", examples}});
  }
  void lock(const std::optional<LockReport>& lock) override {
    if (!lock) {
      emit("lock", {{"held", false}});
      return;
    }
    emit("lock",
         {{"held", true},
          {"holder_run", lock->lease.run},
          {"holder", lock->lease.holder},
          {"host", lock->lease.host},
          {"command", lock->lease.command},
          {"since", lock->lease.since},
          {"renewed", !lock->lease.expired},
          {"changed", lock->lease.changed},
          {"last_step", lock->lease.last_step},
          {"state", lock->state},
          {"next", lock->next}});
  }
  void error(const base::Error& error) override {
    emit("error",
         {{"code", base::name(error.code())},
          {"message", error.what()},
          {"hint", error.hint()},
          {"context", error.trace()}});
  }
  void result(int exit_code, const std::string& text) override {
    emit("result", {{"exit_code", exit_code}, {"text", text}});
  }

  void stage_started(const plan::Stage& stage) override {
    emit("stage_started", {{"stage", stage.id}, {"title", stage.title}});
  }
  void step_started(const plan::Step& step) override { step_event("step_started", step); }
  void step_done(const plan::Step& step, base::Milliseconds took, bool held) override {
    step_event(
        "step_done", step, {{"seconds", static_cast<double>(took.count()) / 1000}, {"held", held}});
  }
  void step_failed(const plan::Step& step, const std::string& reason) override {
    step_event("step_failed", step, {{"reason", reason}});
  }
  void progress(const plan::Step& step, const std::string& text) override {
    step_event("step_progress", step, {{"text", text}});
  }
  void id_changed(const plan::Step& step, const metadb::ChangedId& changed) override {
    json holders = json::array();
    for (const metadb::IdHolder& holder : changed.holders)
      holders.push_back({{"column", holder.column}, {"rows", holder.rows}});
    step_event("id_changed",
               step,
               {{"table", changed.table},
                {"name", changed.name},
                {"old", changed.old_ids},
                {"new", changed.new_ids},
                {"holders", holders}});
  }

 private:
  void step_event(const char* event, const plan::Step& step, json further = json::object()) {
    further["where"] = step.where;
    further["step"] = step.id;
    emit(event, std::move(further));
  }

  void emit(const char* event, json record) {
    const std::lock_guard lock(mutex_);
    record["schema_version"] = 2;
    record["event"] = event;
    record["time"] = base::utc_now();
    if (!run_.empty())
      record["run"] = run_;
    // What hosts print may be no UTF-8: replaced, so that every line stays JSON.
    const std::string line = record.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
    (void)std::fputs(line.c_str(), stdout);
    (void)std::fflush(stdout);
  }

  std::mutex mutex_;
  std::string run_;
};

}  // namespace

std::unique_ptr<Output> make_json_output() {
  return std::make_unique<JsonOutput>();
}

}  // namespace omsctl::cli
