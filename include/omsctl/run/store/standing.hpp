/// Where a run stands, and which commands are open: one value, from which all that is told or
/// refused about a run on disk follows.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "omsctl/base/error.hpp"
#include "omsctl/metadb/lease/lease.hpp"
#include "omsctl/plan/plan.hpp"
#include "omsctl/run/store/history.hpp"

namespace omsctl::run {

enum class Where {
  never_begun,
  running_here,         ///< another process of this machine works on it
  running_elsewhere,    ///< or one that this machine cannot look at
  taken_back,           ///< it undid its changes without being asked
  midway,               ///< stopped, with something half done
  init_unknown,         ///< midway, and nobody knows whether a docker_init.sh still runs
  going_back,           ///< its way back has begun and not ended
  rolled_back,          ///< its changes were undone on request
  rollback_incomplete,  ///< the service is as before, something was left behind
  claim_lost,           ///< midway, and the deployment was taken from it
  done,
  done_but_optional,  ///< but for steps whose failure stops nothing
  done_but_unproven,  ///< every step, and the deployment is not as it should be
  damaged,            ///< its files are not those that were written
  another_version,    ///< its files are of another omsctl
};

/// "going back": how `runs` names it.
[[nodiscard]] std::string_view name(Where where);

/// What a person may do about a run.
enum class Way {
  resume,
  rollback,
  attach,
  wait,
  again,       ///< the command itself once more
  lock_break,  ///< where nothing else is possible any more
  by_hand,     ///< docs/recovery.md
};

/// Who holds the deployment, as the MetaDB says, asked by `machine`.
struct HeldBy {
  std::optional<metadb::LeaseRecord> lease;
  std::string machine;
};

/// What a standing is made of: the journals, the files, the locks. Nothing of it is asked anew.
struct Evidence {
  std::string run{};
  std::filesystem::path directory{};  ///< empty: the run is not on this machine
  std::optional<plan::Plan> plan{};
  History forward{};
  History back{};        ///< of the way back; empty when that has changed nothing
  bool fetched = false;  ///< from a second copy: what came after it is not in the history
  bool fetched_in_part = false;
  bool at_work = false;          ///< another process of this machine works on it
  std::string damage{};          ///< the file that is not as it was written, and why
  std::string made_by{};         ///< the version of omsctl, when its files are of another format
  std::optional<HeldBy> held{};  ///< nothing: the MetaDB was not asked
};

struct Standing {
  Where where = Where::never_begun;
  std::string run{};
  std::string reason{};     ///< what follows "run X": "stopped midway"
  std::vector<Way> open{};  ///< the advisable first
  std::string next{};       ///< what to type, or to do
  bool oms_down = false;    ///< it has stopped programs that are not proven to run again

  [[nodiscard]] bool opens(Way way) const;
  /// "run X stopped midway"
  [[nodiscard]] std::string says() const { return "run " + run + " " + reason; }
  /// At work, wherever.
  [[nodiscard]] bool is_running() const;
  /// It has ended, and what it left needs no run to keep others out.
  [[nodiscard]] bool is_over() const;
};

/// Where the run stands, by the evidence alone.
[[nodiscard]] Standing standing_of(const Evidence& evidence);

/// Why a command that is not open is refused: nothing was changed by it.
[[nodiscard]] base::Error refusal(const Standing& standing);

/// A stage was begun after which a run that dies leaves something half done: from then on its claim
/// keeps others out.
[[nodiscard]] bool has_changed(const Evidence& evidence);

/// Whether every step of `plan` that was begun asks, and changes nothing.
[[nodiscard]] bool has_only_looked(const plan::Plan& plan, const History& history);

}  // namespace omsctl::run
