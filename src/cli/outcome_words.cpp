#include "outcome_words.hpp"

#include <fmt/format.h>

namespace omsctl::cli {

std::string state_of(const run::Outcome& outcome) {
  if (outcome.taken_back)
    return "all that was done has been taken back; programs run as before; nothing was deleted";
  if (outcome.services_back)
    return "nothing was deleted and programs run as before; what is told above was left behind";
  if (outcome.services_stopped && outcome.initialised)
    return "OMS IS NOT PROVEN: docker_init.sh has ended well, but what is told above does not hold";
  if (outcome.services_stopped)
    return "OMS IS DOWN: its programs were stopped and are not proven to run again";
  if (outcome.state == run::Outcome::State::unverified)
    return "every step was done, but the end state is not as it should be";
  return "stopped midway";
}

std::string next_of(const run::Outcome& outcome, const std::string& run) {
  if (outcome.services_back)
    return "Next: mend the cause, then run the same command again\n";
  return fmt::format("Next: omsctl resume {0}   (go on)\n      omsctl rollback {0}   (go back)\n",
                     run);
}

}  // namespace omsctl::cli
