#include "omsctl/run/history.hpp"

#include <nlohmann/json.hpp>

#include "omsctl/run/journal.hpp"

namespace omsctl::run {

bool History::is_over() const {
  return state == "done" || state == rolled_back;
}

History history_of(const std::vector<nlohmann::json>& records) {
  History history;
  std::string outage_began;
  for (const nlohmann::json& record : records) {
    const std::string what = record.value("event", "");
    const std::string step = record.value("step", "");
    if (what == event::step_started) {
      if (history.begun.insert(step).second)
        history.order.push_back(step);
    } else if (what == event::step_done) {
      history.done.insert(step);
    } else if (what == event::outage_began) {
      history.outage_began = record.value("at", "");
    } else if (what == event::outage_ended) {
      history.outage_began.clear();
      history.outage_seconds = record.value("seconds", 0.0);
      history.init_seconds = record.value("init_seconds", 0.0);
    } else if (what == event::run_ended) {
      history.state = record.value("state", "");
      history.by_itself = record.value("by_itself", false);
      history.complete = record.value("complete", false);
    } else if (what == event::run_resumed) {
      history.state.clear();
    }
  }
  return history;
}

bool is_going_back(const std::filesystem::path& run_directory, const std::string& state) {
  std::error_code ignored;
  return state != rolled_back && std::filesystem::exists(rollback_journal(run_directory), ignored);
}

std::filesystem::path rollback_journal(const std::filesystem::path& run_directory) {
  return run_directory / "rollback.jsonl";
}

}  // namespace omsctl::run
