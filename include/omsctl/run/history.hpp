/// What the journal of a run says was begun and done: what a resume or a rollback starts from.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace omsctl::run {

struct History {
  std::set<std::string> begun;     ///< steps that were started, whatever came of them
  std::set<std::string> done;      ///< of these, those that ended well
  std::vector<std::string> order;  ///< the begun ones, the first first
  std::string state;               ///< how the run ended; empty while it has not
  bool by_itself = false;          ///< rolled back without being asked: nothing decisive was done
  bool complete = false;           ///< rolled back, and nothing is left behind
  std::string outage_began;        ///< UTC; empty when no program is stopped
  double outage_seconds = 0;       ///< of one that is over
  double init_seconds = 0;         ///< and what docker_init.sh took of it
  /// Done or rolled back, so that nothing is left to do or to undo in a hurry.
  [[nodiscard]] bool is_over() const;
  [[nodiscard]] bool empty() const { return order.empty() && state.empty(); }
};

/// The state of a run that a rollback has taken back.
inline constexpr const char* rolled_back = "rolled back";

/// Of records that read_journal() gave.
[[nodiscard]] History history_of(const std::vector<nlohmann::json>& records);

/// A rollback has begun and not ended: the run, in this state by its own journal, is not over.
[[nodiscard]] bool is_going_back(const std::filesystem::path& run_directory,
                                 const std::string& state);

/// The journal of a run's rollback, beside that of the run.
[[nodiscard]] std::filesystem::path rollback_journal(const std::filesystem::path& run_directory);

}  // namespace omsctl::run
