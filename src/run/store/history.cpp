#include "omsctl/run/store/history.hpp"

#include <nlohmann/json.hpp>

#include "omsctl/run/store/journal.hpp"

namespace omsctl::run {
namespace {

using nlohmann::json;

void add_step(History& history, const std::string& what, const json& record) {
  const std::string step = record.value("step", "");
  if (what == event::step_done) {
    history.done.insert(step);
    return;
  }
  history.step = step;
  history.reason = record.value("reason", "");
  if (what == event::step_started) {
    history.begun.insert(step);
    history.failed.erase(step);
  } else if (!record.value("may_live", false)) {
    history.failed.insert(step);
  }
}

void add_end(History& history, const json& record) {
  const std::string state = record.value("state", "");
  history.ended = record.value("at", "");
  // What was left behind was tried once more; the rest stays done.
  if (history.state != end_state::incomplete || state == end_state::done ||
      state == end_state::rolled_back)
    history.state = state;
  history.by_itself = record.value("by_itself", false);
  history.complete = record.value("complete", false);
  history.reason = record.value("reason", history.reason);
  history.outage_seconds = record.value("outage_seconds", history.outage_seconds);
  history.init_seconds = record.value("init_seconds", history.init_seconds);
}

}  // namespace

void History::add(const json& record) {
  const std::string what = record.value("event", "");
  if (what == event::run_started) {
    run = record.value("run", "");
    command = record.value("command", "");
    deployment = record.value("deployment", "");
    started = record.value("at", "");
  } else if (what == event::run_resumed) {
    if (state != end_state::incomplete) {
      ended.clear();
      state.clear();
    }
  } else if (what == event::outage_began) {
    outage_began = record.value("at", "");
    outage_over = false;
  } else if (what == event::outage_ended) {
    outage_began.clear();
    outage_over = true;
    outage_seconds = record.value("seconds", 0.0);
    init_seconds = record.value("init_seconds", 0.0);
  } else if (what == event::run_ended) {
    add_end(*this, record);
  } else if (what == event::step_started || what == event::step_done ||
             what == event::step_failed) {
    add_step(*this, what, record);
  }
}

History history_of(const std::vector<json>& records) {
  History history;
  for (const json& record : records)
    history.add(record);
  return history;
}

std::filesystem::path rollback_journal(const std::filesystem::path& run_directory) {
  return run_directory / "rollback.jsonl";
}

}  // namespace omsctl::run
