/// How far a process of a run has come, and how it ends. Private to this room.
#pragma once

#include <atomic>
#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "account.hpp"
#include "go_back.hpp"

namespace omsctl::run {

/// Written by the lanes under the account's lock.
struct Progress {
  std::set<std::string> done_before;       // steps, by an earlier process of this run
  std::vector<const plan::Step*> started;  // by this one or an earlier one
  std::set<std::string> done_here;
  std::size_t running = 0;  // steps that have begun here and not ended
  std::atomic<bool> failed = false;
  std::atomic<bool> cut = false;  // a step was left out because the run halts
  bool marked = false;            // the lease says that something is half done
  TakenBack taken_back;

  /// A step that must be done anew until another is done counts as done only then.
  [[nodiscard]] bool is_done_before(const plan::Step& step) const;
};

/// The outcome's state of a run that has not come to its end, having stopped in `stage`. Before
/// anything decisive, all that was done is taken back first.
void settle(const plan::Plan& plan,
            const std::string& stage,
            Progress& progress,
            const Course& course,
            Account& account,
            Workbench& bench,
            bool interrupted);

/// The last record. A run that is over gives the lease back; one that stopped midway keeps its
/// claim.
void close(const plan::Plan& plan,
           const Progress& progress,
           const Course& course,
           Account& account,
           Workbench& bench);

}  // namespace omsctl::run
