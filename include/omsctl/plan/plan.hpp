/// A run as a value: printed, confirmed, executed, journalled and undone from the same data.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "omsctl/plan/action.hpp"

namespace omsctl::plan {

/// Where a step works that works on the MetaDB.
inline constexpr const char* at_metadb = "MetaDB";

/// What Ctrl-C may do to a step.
enum class Interruption { allowed, never };

struct Step {
  std::string id;     ///< unique in the plan, e.g. "stop.198.18.0.11"
  std::string where;  ///< a host's name, or "MetaDB"
  std::string title;
  std::string source;  ///< who asks for it: the guide, design.md or oms.md (docs/runbook.md)
  std::vector<Action> apply;
  /// Looked at only before the first apply in a run and for a step that was started but not
  /// finished: a later step may make it false again (design §4).
  std::vector<Probe> ensures;
  /// What nothing takes back of it, and why: "the copy is kept".
  std::string not_undone{};
  Interruption interruption = Interruption::allowed;
  /// From here on going back is the operator's decision: before the first such step a failed run
  /// undoes itself.
  bool decisive = false;
  /// When the run is taken up again, this one is done anew as long as that step is not done: what
  /// it found or saved may not hold any more.
  std::string until{};
  /// Of the way back: the steps of the way forward that it takes back. It is left out when none of
  /// them was begun.
  std::vector<std::string> takes_back{};
  /// Of a guard, a step of the way back that takes back nothing itself: the steps of the way
  /// forward that make it needed. It is left out when none of them was begun.
  std::vector<std::string> needed_by{};
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

/// Of what is written; a plan of another format is not read.
inline constexpr int plan_format = 2;

struct Plan {
  int format = plan_format;
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

/// Goes back over what was begun of `plan`: of its `back`, the steps that take back something that
/// was begun, and the guards that are needed for it. Its notes name what stays.
[[nodiscard]] Plan rollback_of(const Plan& plan, const std::set<std::string>& begun);

/// The steps of the way back that take back the step of this id, in their order.
[[nodiscard]] std::vector<const Step*> undone_by(const Plan& plan, const std::string& id);

/// Every step of the stages, in their order.
[[nodiscard]] std::vector<const Step*> steps_of(const std::vector<Stage>& stages);

/// Whether a step deletes rows: from then on services cannot simply be started again.
[[nodiscard]] bool deletes_rows(const Step& step);

}  // namespace omsctl::plan
