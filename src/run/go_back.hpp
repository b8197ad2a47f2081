/// The way back of a run that failed before anything decisive: what was done is taken back.
#pragma once

#include <vector>

#include "account.hpp"

namespace omsctl::run {

/// Whether a decisive step of those that were `started` had an effect. A delete that failed had
/// none when it was not about to be committed; else the lease's last_step tells, for which the
/// MetaDB is asked for a minute. When it cannot be, it counts as an effect.
[[nodiscard]] bool decided(const std::vector<const plan::Step*>& started,
                           Account& account,
                           Workbench& bench);

/// What came of going back.
struct TakenBack {
  bool services = false;  ///< programs run as before
  bool all = false;       ///< and nothing is left behind
};

/// Takes back what the steps that were `started` of `plan` did, to be called only when nothing is
/// decided: by the way back that the plan has, without being asked. Programs are started again
/// first, then what was prepared is removed; where a program does not run again, all else stays: it
/// is what the way back by hand needs. Sets `undo_problems` and `by_hand` of the outcome.
[[nodiscard]] TakenBack take_back(const plan::Plan& plan,
                                  const std::vector<const plan::Step*>& started,
                                  Account& account,
                                  Workbench& bench);

}  // namespace omsctl::run
