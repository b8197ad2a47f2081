/// Runs a plan: stage by stage, lanes side by side, every step journalled before its effect.
#pragma once

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
    undone,       ///< stopped before anything decisive; all that had been done was taken back
    stopped,      ///< stopped midway: resume or roll back
    unverified,   ///< ran to the end, the verification failed
    interrupted,  ///< as stopped, but on request
  } state = State::done;
  std::vector<Failure> failures;
  std::vector<std::string> undo_problems;  ///< what could not be taken back
  std::vector<std::string> by_hand;        ///< the commands that would have done it
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
  bool unsure_beyond = false;  ///< the history may be cut short: any later step may have been begun
};

/// Executes what is not done yet of `plan`. A step that was begun and not finished is done by what
/// the deployment says: its `ensures`, the lease's last_step, the job's directory. Never throws for
/// a step that fails: that is the outcome. Throws Error{storage} when the journal itself cannot be
/// written.
[[nodiscard]] Outcome execute_plan(const plan::Plan& plan,
                                   Workbench& bench,
                                   Journal& journal,
                                   Listener& listener,
                                   const std::stop_token& stop,
                                   const Course& course = {});

}  // namespace omsctl::run
