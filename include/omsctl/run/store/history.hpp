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
  bool taken_back = false;  ///< it ended with nothing decisive done, and programs run as before
  bool going_back = false;  ///< steps were being taken back
  std::set<std::string> left_behind{};  ///< steps that could not be taken back
  std::string outage_began;             ///< UTC; empty when no program is stopped
  double outage_seconds = 0;            ///< of one that is over
  double init_seconds = 0;              ///< and what docker_init.sh took of it
  /// Done or taken back, so that nothing is left to do or to undo in a hurry.
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
