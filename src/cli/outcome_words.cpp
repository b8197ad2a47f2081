#include "outcome_words.hpp"

#include <fmt/format.h>

#include "omsctl/base/text.hpp"
#include "omsctl/run/store/next_command.hpp"

namespace omsctl::cli {
namespace {

using State = run::Outcome::State;

std::string state_of_rollback(const run::Outcome& outcome) {
  if (outcome.state == State::incomplete)
    return "OMS runs as before the run; what is told above was left behind";
  if (outcome.untouched)
    return "the way back is not open: nothing was changed by this rollback";
  if (outcome.services_stopped)
    return "OMS IS DOWN: the way back stopped before its programs ran again";
  return "the way back stopped midway";
}

}  // namespace

std::string done_of(const RunReport& report) {
  if (report.back)
    return "Rolled back: rows, files, containers and programs are as they were before the run";
  return fmt::format("Done: {} proven behind {}",
                     base::count_of(report.nodes, "node"),
                     base::printable(report.cm_url));
}

std::string state_of(const RunReport& report) {
  const run::Outcome& outcome = report.outcome;
  if (report.back)
    return state_of_rollback(outcome);
  if (outcome.taken_back)
    return "all that was done has been taken back; programs run as before; nothing was deleted";
  if (outcome.services_back)
    return "nothing was deleted and programs run as before; what is told above was left behind";
  if (outcome.services_stopped && outcome.initialised)
    return "OMS IS NOT PROVEN: docker_init.sh has ended well, but what is told above does not hold";
  if (outcome.services_stopped)
    return "OMS IS DOWN: its programs were stopped and are not proven to run again";
  if (outcome.state == State::unverified)
    return "every step was done, but the end state is not as it should be";
  return "stopped midway";
}

std::string next_of(const RunReport& report) {
  const std::string rollback = run::to_type("rollback", report.directory);
  if (report.back)
    return fmt::format("Next: mend the cause, then {}\n", rollback);
  if (report.outcome.taken_back)
    return "Next: mend the cause, then run the same command again\n";
  if (report.outcome.services_back)
    return fmt::format("Next: {}   (removes the rest), then run the same command again\n",
                       rollback);
  return fmt::format("Next: {}   (go on)\n      {}   (go back)\n",
                     run::to_type("resume", report.directory),
                     rollback);
}

}  // namespace omsctl::cli
