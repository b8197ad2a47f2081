/// Carries out one action of a plan. The only code that changes anything.
#pragma once

#include <functional>
#include <stop_token>
#include <string>

#include "omsctl/base/clock.hpp"
#include "omsctl/metadb/database.hpp"
#include "omsctl/metadb/lease/lease.hpp"
#include "omsctl/plan/action.hpp"
#include "omsctl/remote/fleet.hpp"
#include "omsctl/run/store/directory.hpp"

namespace omsctl::run {

/// What an action works with.
struct Workbench {
  remote::Fleet& fleet;
  metadb::Endpoint endpoint;
  metadb::Lease& lease;
  std::string rm_database;  ///< holds the lease's row
  const RunDirectory& directory;
  base::Clock& clock;
  std::size_t parallel = 8;  ///< lanes at a time where nothing is stopped; in the outage all run
};

/// The step that an action belongs to, as far as the action needs to know.
struct StepContext {
  std::string id;
  std::function<void(const std::string&)> progress;
  std::function<void(const std::string&)> note;  ///< worth a word at the end of the run
  std::function<void(double)> init_took;         ///< seconds of docker_init.sh itself
  std::function<void(const metadb::ChangedId&)> id_changed;
  std::function<void()> committing;    ///< a delete is about to be committed
  std::function<void()> job_may_live;  ///< docker_init.sh could not be followed to its end
  std::stop_token stop;
  bool accept_init = false;   ///< its verdict "unconfirmed" is taken for "done"
  base::Seconds patience{0};  ///< how long a host that cannot be reached is waited for
  /// Going back before anything decisive: a MetaDB that cannot be asked does not keep programs
  /// stopped.
  bool undoing = false;
};

/// Does `action` or throws Error: the message names host, cause and place; `trace()` holds the last
/// lines of what the remote side printed. Error{stopped} with an unconfirmed init job carries its
/// own hint.
void execute(const plan::Action& action, Workbench& bench, const StepContext& step);

}  // namespace omsctl::run
