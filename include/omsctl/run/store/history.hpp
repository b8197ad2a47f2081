/// A journal, folded once: all that is told or decided about a run on disk starts from this.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace omsctl::run {

struct History {
  // Of the run.
  std::string run{};
  std::string command{};
  std::string deployment{};
  std::string started{};  ///< UTC, as all times here
  std::string ended{};    ///< empty while it has not
  // Of its steps.
  std::set<std::string> begun{};   ///< steps that were started, whatever came of them
  std::set<std::string> done{};    ///< of these, those that ended well
  std::set<std::string> failed{};  ///< those that have ended otherwise: what they started is over
  std::string step{};              ///< the last one that was started or failed
  std::string reason{};
  // Of its end.
  std::string state{};     ///< how the run ended; empty while it has not
  bool by_itself = false;  ///< it has undone its changes without being asked
  bool complete = false;   ///< its changes were undone, and nothing is left behind
  // Of the outage.
  std::string outage_began{};  ///< empty when no program is stopped
  bool outage_over = false;
  double outage_seconds = 0;  ///< of one that is over
  double init_seconds = 0;    ///< and what docker_init.sh took of it

  /// What this record, which comes after all others, adds.
  void add(const nlohmann::json& record);
  /// Nothing was begun, and it has not ended.
  [[nodiscard]] bool empty() const { return begun.empty() && state.empty(); }
};

/// Of the states in which a run ends, those that decide where it stands.
namespace end_state {
inline constexpr const char* done = "done";
inline constexpr const char* incomplete = "incomplete";
inline constexpr const char* unverified = "unverified";
inline constexpr const char* rolled_back = "rolled back";
}  // namespace end_state

/// Of records that read_journal() gave.
[[nodiscard]] History history_of(const std::vector<nlohmann::json>& records);

/// The journal of a run's way back, beside that of the run.
[[nodiscard]] std::filesystem::path rollback_journal(const std::filesystem::path& run_directory);

}  // namespace omsctl::run
