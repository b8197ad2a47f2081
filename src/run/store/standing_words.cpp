#include "standing_words.hpp"

#include <fmt/format.h>

#include "omsctl/base/version.hpp"
#include "omsctl/run/store/next_command.hpp"

namespace omsctl::run {
namespace {

std::string alarm(const Standing& standing, bool initialised) {
  if (!standing.oms_down)
    return "";
  if (initialised)
    return "; OMS IS NOT PROVEN: docker_init.sh has ended well, but what must hold after it does "
           "not";
  return "; OMS IS DOWN: its programs were stopped and are not proven to run again";
}

std::string how_claim_was_lost(const Evidence& evidence) {
  const std::string lost =
      fmt::format("has lost its claim{}",
                  evidence.forward.deployment.empty() ? "" : " on " + evidence.forward.deployment);
  if (!evidence.held->lease)
    return lost + ": it was broken, and another run may have changed the deployment since";
  const metadb::LeaseRecord& lease = *evidence.held->lease;
  return fmt::format("{}: run {} ({}) of {} on {} has taken the deployment",
                     lost,
                     lease.run,
                     lease.command,
                     lease.holder,
                     lease.host);
}

/// The command that the run carries out.
std::string command_of(const Evidence& evidence) {
  if (evidence.plan)
    return evidence.plan->command;
  if (evidence.held && evidence.held->lease && evidence.directory.empty())
    return evidence.held->lease->command;
  return evidence.forward.command;
}

std::string again(const Evidence& evidence) {
  const std::string command = command_of(evidence);
  return "run the same command again" + (command.empty() ? "" : ": omsctl " + command);
}

/// Commands as they are typed; with the machine where the run is not here.
struct Typed {
  const Evidence& evidence;
  std::string operator()(std::string_view command) const {
    return evidence.directory.empty() ? fmt::format("omsctl {} {}", command, evidence.run)
                                      : to_type(command, evidence.directory);
  }
  [[nodiscard]] std::string place() const {
    return evidence.directory.empty() && evidence.held && evidence.held->lease
               ? fmt::format("on {}: ", evidence.held->lease->host)
               : "";
  }
};

std::string out_of_damage(const Evidence& evidence, const Typed& typed) {
  if (evidence.fetched_in_part)
    return "give the same command again, with --from HOST";
  return fmt::format(
      "put the file back from a backup of this machine; or move {0} away and take the second copy: "
      "{1} --from HOST   or: {2} --from HOST   where HOST is the initial node; or by hand: "
      "docs/recovery.md, \"When files of a run are damaged\"",
      evidence.directory.string(),
      typed("resume"),
      typed("rollback"));
}

std::string wait_or_look(const Evidence& evidence, const Typed& typed, Where where) {
  if (where == Where::running_here)
    return "wait for it, or watch it: " + typed("attach");
  const metadb::LeaseRecord& lease = *evidence.held->lease;
  // A restore is no run that could be looked at.
  if (lease.command.starts_with("metadb "))
    return "wait for it: it is one transaction";
  return fmt::format("wait for it, or look at it on {}: omsctl runs {}", lease.host, lease.run);
}

}  // namespace

std::string_view name(Where where) {
  switch (where) {
    case Where::never_begun:
      return "never begun";
    case Where::running_here:
      return "running here";
    case Where::running_elsewhere:
      return "running elsewhere";
    case Where::taken_back:
      return "taken back";
    case Where::midway:
      return "stopped midway";
    case Where::init_unknown:
      return "init unknown";
    case Where::going_back:
      return "going back";
    case Where::rolled_back:
      return end_state::rolled_back;
    case Where::rollback_incomplete:
      return "rollback incomplete";
    case Where::claim_lost:
      return "claim lost";
    case Where::done:
      return "done";
    case Where::done_but_optional:
      return "done but optional";
    case Where::done_but_unproven:
      return "done but unproven";
    case Where::damaged:
      return "damaged";
    case Where::another_version:
      return "another version";
  }
  return "";
}

std::string reason_of(const Evidence& evidence,
                      const Standing& standing,
                      bool left_something,
                      bool initialised) {
  switch (standing.where) {
    case Where::never_begun:
      return evidence.directory.empty() ? "died before it changed anything" : "did nothing";
    case Where::running_here:
      return evidence.held && evidence.held->lease && evidence.held->lease->expired
                 ? "is at work, and has not reached the MetaDB for a while"
                 : "is at work";
    case Where::running_elsewhere:
      return fmt::format("is at work on {}, or ended less than a minute ago",
                         evidence.held->lease->host);
    case Where::taken_back:
      return fmt::format(
          "already undid its changes{}: nothing was deleted and programs run as before",
          left_something ? ", but left something behind" : "");
    case Where::midway:
      return "stopped midway" + alarm(standing, initialised);
    case Where::init_unknown:
      return "stopped midway, and docker_init.sh may still run" + alarm(standing, initialised);
    case Where::going_back:
      return "stopped midway on its way back" + alarm(standing, initialised);
    case Where::rolled_back:
      return "was rolled back";
    case Where::rollback_incomplete:
      return "was rolled back, but left something behind: OMS runs as before the run";
    case Where::claim_lost:
      return how_claim_was_lost(evidence);
    case Where::done:
      return "is done";
    case Where::done_but_optional:
      return "is done, but for steps whose failure stops nothing";
    case Where::done_but_unproven:
      return "did every step, but the end state is not as it should be";
    case Where::damaged:
      return evidence.fetched_in_part ? "is not whole: its second copy was not fetched to its end"
                                      : "is damaged: " + evidence.damage;
    case Where::another_version:
      return fmt::format(
          "was made by omsctl {}, and this is omsctl {}", evidence.made_by, base::version());
  }
  return "";
}

std::string next_of(const Evidence& evidence, const Standing& standing) {
  const Typed typed{evidence};
  switch (standing.where) {
    case Where::never_begun:
      return evidence.directory.empty() ? "run what you wanted to run" : again(evidence);
    case Where::running_here:
    case Where::running_elsewhere:
      return wait_or_look(evidence, typed, standing.where);
    case Where::taken_back:
      return standing.opens(Way::rollback)
                 ? fmt::format("remove the rest: {}   then mend the cause, and {}",
                               typed("rollback"),
                               again(evidence))
                 : "mend the cause, then " + again(evidence);
    case Where::midway:
    case Where::init_unknown:
    case Where::done_but_optional:
    case Where::done_but_unproven:
      return fmt::format(
          "{}go on: {}   or go back: {}", typed.place(), typed("resume"), typed("rollback"));
    case Where::going_back:
      return fmt::format(
          "{}mend the cause, then finish that: {}", typed.place(), typed("rollback"));
    case Where::rollback_incomplete:
      return "mend the cause, then remove the rest: " + typed("rollback");
    case Where::rolled_back:
      return "to do it after all, " + again(evidence);
    case Where::done:
      return "to undo it: " + typed("rollback");
    case Where::claim_lost:
      return "docs/recovery.md, \"When the claim is gone\", says how to go on or back by hand";
    case Where::damaged:
      return out_of_damage(evidence, typed);
    case Where::another_version:
      return fmt::format(
          "finish it with omsctl {}; or by hand: docs/recovery.md, \"When the run is of another "
          "version\"",
          evidence.made_by);
  }
  return "";
}

}  // namespace omsctl::run
