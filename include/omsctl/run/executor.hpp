/// Runs a plan: stage by stage, lanes side by side, every step journalled before its effect.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "omsctl/plan/plan.hpp"
#include "omsctl/run/actions.hpp"
#include "omsctl/run/listener.hpp"
#include "omsctl/run/store/history.hpp"
#include "omsctl/run/store/journal.hpp"

namespace omsctl::run {

/// A step that failed, with what a person needs to know.
struct Failure {
  std::string where;
  std::string step;
  std::string reason;
  std::string hint;
  std::vector<std::string> tail;  ///< the last lines of the remote log
};

/// How a run ended.
struct Outcome {
  enum class State {
    done,
    incomplete,   ///< done, but for steps whose failure stops nothing
    undone,       ///< stopped before anything decisive, and gone back by itself
    stopped,      ///< stopped midway: resume or roll back
    unverified,   ///< ran to the end, the verification failed
    interrupted,  ///< as stopped, but on request
  } state = State::done;
  std::vector<Failure> failures;
  std::vector<std::string> undo_problems;  ///< what could not be taken back
  std::vector<std::string> by_hand;        ///< of a way back, the commands that were not run
  std::vector<std::string> notes;          ///< what else a person should know of how it ended
  /// What the journal says now, also where it could not be written any more.
  History history{};
  base::Milliseconds outage{0};  ///< from the first stopped program until the nodes were proven
  base::Milliseconds init{0};    ///< docker_init.sh's own time within it
};

[[nodiscard]] std::string name(Outcome::State state);

/// Where a run is taken up.
struct Course {
  History history{};         ///< empty: from the first step
  bool accept_init = false;  ///< a docker_init.sh that ended without a known end line has worked
  bool rerun_init = false;   ///< one that has failed is started once more
  bool was_over = false;     ///< the run of a way back had ended well: it holds no claim of its own
  bool back = false;         ///< the plan is a way back: what fails is never taken back
  /// A way back that nobody asked for, before anything decisive: neither a MetaDB that cannot be
  /// asked nor a journal that cannot be written keeps programs stopped.
  bool by_itself = false;
  std::optional<base::TimePoint> outage_since{};  ///< of a way back: programs are stopped since
  bool unsure_beyond = false;  ///< the history may be cut short: any later step may have been begun
};

/// Executes what is not done yet of `plan`; a run that stops before anything decisive goes back by
/// itself. A step that was begun and not finished is done by what the deployment says: its
/// `ensures`, the lease's last_step, the job's directory. Never throws for a step that fails: that
/// is the outcome. Throws Error{storage} when the journal itself cannot be written; there may be
/// none on a way back by itself, which a full disk does not stop.
[[nodiscard]] Outcome execute_plan(const plan::Plan& plan,
                                   Workbench& bench,
                                   Journal* journal,
                                   Listener& listener,
                                   const std::stop_token& stop,
                                   const Course& course = {});

/// Goes back by `back`, which a rollback_of() gives, recorded in rollback.json and rollback.jsonl
/// of the run. Once it has come to its end, the run's own journal says that it is rolled back;
/// whoever goes back by itself writes that itself. Throws Error{storage} when it cannot be
/// recorded, unless it is a way back by itself.
[[nodiscard]] Outcome go_back(const plan::Plan& back,
                              Workbench& bench,
                              Listener& listener,
                              const std::stop_token& stop,
                              const Course& course);

}  // namespace omsctl::run
