/// A run as a value: printed, confirmed, executed, journalled and undone from the same data.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "omsctl/plan/action.hpp"

namespace omsctl::plan {

/// Where a step works that works on the MetaDB.
inline constexpr const char* at_metadb = "MetaDB";

/// How to take a step back; when there is no way, `cannot` says why.
struct Undo {
  std::vector<Action> actions;
  std::string cannot;
  [[nodiscard]] bool operator==(const Undo&) const = default;
};

/// What Ctrl-C may do to a step.
enum class Interruption { allowed, never };

struct Step {
  std::string id;     ///< unique in the plan, e.g. "stop.198.18.0.11"
  std::string where;  ///< a host's name, or "MetaDB"
  std::string title;
  std::string source;  ///< where the guide (or the domain notes) asks for it
  std::vector<Action> apply;
  /// Looked at only before the first apply in a run and for a step that was started but not
  /// finished: a later step may make it false again (design §4).
  std::vector<Probe> ensures;
  Undo undo;
  Interruption interruption = Interruption::allowed;
  /// From here on going back is the operator's decision: before the first such step a failed run
  /// undoes itself.
  bool decisive = false;
  /// When the run is taken up again, this one is done anew as long as that step is not done: what
  /// it found or saved may not hold any more.
  std::string until{};
  /// Of a way back: the run's steps that make it needed. It is left out when none of them was
  /// begun.
  std::vector<std::string> takes_back{};
  /// Its failure is told at the end, and stops nothing.
  bool optional = false;
  [[nodiscard]] bool operator==(const Step&) const = default;
};

/// Steps that run one after the other, usually all in one place.
struct Lane {
  std::vector<Step> steps;
  [[nodiscard]] bool operator==(const Lane&) const = default;
};

enum class Outage { no, begins, inside, ends };

/// Lanes run side by side; a stage ends when all have.
struct Stage {
  std::string id;
  std::string title;
  Outage outage = Outage::no;
  std::vector<Lane> lanes;
  [[nodiscard]] bool operator==(const Stage&) const = default;
};

struct Plan {
  int format = 2;
  std::string omsctl_version;
  std::string run;
  std::string command;             ///< "scale-out node"
  std::string deployment;          ///< who is changed: "<meta host>:<port>/<rm database>"
  std::string region;              ///< cm_location
  std::string target_digest;       ///< of the target config's values
  std::string facts_digest;        ///< of what the plan was computed from
  std::vector<std::string> notes;  ///< what a person should know before saying yes
  std::vector<Stage> stages;
  std::vector<Stage> back{};  ///< the whole way back, decided on the same facts (design §5.4)
  [[nodiscard]] bool operator==(const Plan&) const = default;
};

/// Whether a step asks and waits, and changes nothing.
[[nodiscard]] bool only_asks(const Step& step);

/// `command` of a plan that goes back.
inline constexpr const char* rollback_command = "rollback";

/// Goes back over what was begun of `plan`; its notes name what stays.
[[nodiscard]] Plan rollback_of(const Plan& plan, const std::set<std::string>& begun);

/// Every step of the stages, in their order.
[[nodiscard]] std::vector<const Step*> steps_of(const std::vector<Stage>& stages);

/// Whether a step deletes rows: from then on services cannot simply be started again.
[[nodiscard]] bool deletes_rows(const Step& step);

}  // namespace omsctl::plan
