#include "standing_words.hpp"

#include <array>

#include <fmt/format.h>

#include "omsctl/base/version.hpp"
#include "omsctl/run/store/next_command.hpp"

namespace omsctl::run {
namespace {

struct Row {
  Where where;
  std::string_view name;
  std::string_view reason;
  std::array<std::optional<Way>, 2> open;
  std::string_view next;
};

constexpr std::string_view both_ways = "{on_host}go on: {resume}   or go back: {rollback}";

constexpr std::array<Row, 15> table{{
    {Where::never_begun, "never begun", "{nothing}", {Way::again}, "{again}"},
    {Where::running_here,
     "running here",
     "is at work",
     {Way::wait, Way::attach},
     "wait for it, or watch it: {attach}"},
    {Where::running_elsewhere,
     "running elsewhere",
     "is at work on {host}, or ended less than a minute ago",
     {Way::wait},
     "wait for it{look}"},
    {Where::taken_back,
     "taken back",
     "already undid its changes{left}: nothing was deleted and programs run as before",
     {Way::again},
     "{rest}fix the cause, then {again}"},
    {Where::midway,
     "stopped midway",
     "stopped midway{alarm}",
     {Way::resume, Way::rollback},
     both_ways},
    {Where::init_unknown,
     "init unknown",
     "stopped midway, and docker_init.sh may still run{alarm}",
     {Way::resume, Way::rollback},
     both_ways},
    {Where::going_back,
     "going back",
     "stopped midway on its way back{alarm}",
     {Way::rollback},
     "{on_host}fix the cause, then finish that: {rollback}"},
    {Where::rolled_back,
     "rolled back",
     "was rolled back",
     {Way::again},
     "to do it after all, {again}"},
    {Where::rollback_incomplete,
     "rollback incomplete",
     "was rolled back, but left something behind: OMS runs as before the run",
     {Way::rollback},
     "fix the cause, then remove the rest: {rollback}"},
    {Where::claim_lost,
     "claim lost",
     "has lost its claim{to}",
     {Way::by_hand},
     "docs/recovery.md, \"When the claim is gone\", says how to go on or back by hand"},
    {Where::done, "done", "is done", {Way::rollback}, "to undo it: {rollback}"},
    {Where::done_but_optional,
     "done but optional",
     "is done, but for steps whose failure stops nothing",
     {Way::resume, Way::rollback},
     both_ways},
    {Where::done_but_unproven,
     "done but unproven",
     "did every step, but the end state is not as it should be",
     {Way::resume, Way::rollback},
     both_ways},
    {Where::damaged, "damaged", "is damaged: {damage}", {Way::by_hand}, "{repair}"},
    {Where::another_version,
     "another version",
     "was made by omsctl {version}, and this is omsctl {this_version}",
     {Way::by_hand},
     "finish it with omsctl {version}; or by hand: docs/recovery.md, \"When the run is of "
     "another "
     "version\""},
}};

const Row& row_of(Where where) {
  return table.at(static_cast<std::size_t>(where));
}

std::string alarm(bool oms_down, bool initialised) {
  if (!oms_down)
    return "";
  return initialised ? "; OMS IS NOT PROVEN: docker_init.sh has ended well, but what must hold "
                       "after it does not"
                     : "; OMS IS DOWN: its programs were stopped and are not proven to run again";
}

/// To whom the claim was lost.
std::string to_whom(const std::string& deployment, const metadb::LeaseRecord* lease) {
  const std::string on = deployment.empty() ? "" : " on " + deployment;
  return lease == nullptr
             ? on + ": it was broken, and another run may have changed the deployment since"
             : fmt::format("{}: run {} ({}) of {} on {} has taken the deployment",
                           on,
                           lease->run,
                           lease->command,
                           lease->holder,
                           lease->host);
}

/// The command that the run carries out, once more.
std::string again(const Evidence& evidence) {
  const std::string& command = evidence.plan ? evidence.plan->command : evidence.forward.command;
  return "run the same command again" + (command.empty() ? "" : ": omsctl " + command);
}

std::string repair(const Evidence& evidence) {
  if (evidence.fetched_in_part)
    return "give the same command again, with --from HOST";
  return fmt::format(
      "put the file back from a backup of this machine; or move {0} away and take the second copy: "
      "{1} --from HOST   or: {2} --from HOST   where HOST is the initial node; or by hand: "
      "docs/recovery.md, \"When files of a run are damaged\"",
      evidence.directory.string(),
      to_type("resume", evidence.directory),
      to_type("rollback", evidence.directory));
}

std::vector<Way> open_ways(Where where, bool has_plan, bool left_something) {
  std::vector<Way> open;
  for (const std::optional<Way>& way : row_of(where).open)
    if (way)
      open.push_back(*way);
  if (where == Where::never_begun && has_plan)
    open.push_back(Way::resume);
  if (where == Where::taken_back && left_something)
    open.insert(open.begin(), Way::rollback);
  return open;
}

}  // namespace

std::string_view name(Where where) {
  return row_of(where).name;
}

void tell(Standing& standing, const Evidence& evidence, bool left_something, bool initialised) {
  const bool here = !evidence.directory.empty();
  const metadb::LeaseRecord* lease =
      evidence.held && evidence.held->lease ? &*evidence.held->lease : nullptr;
  const std::string host = lease == nullptr ? "" : lease->host;
  const auto typed = [&](std::string_view command) {
    return here ? to_type(command, evidence.directory)
                : fmt::format("omsctl {} {}", command, evidence.run);
  };
  // A restore is no run that could be looked at.
  const bool restore = lease != nullptr && lease->command.starts_with("metadb ");
  const auto filled = [&](std::string_view text) {
    using fmt::arg;
    return fmt::format(
        fmt::runtime(text),
        arg("nothing", here ? "did nothing" : "died before it changed anything"),
        arg("again", here ? again(evidence) : "run what you wanted to run"),
        arg("host", host),
        arg("on_host", here ? "" : fmt::format("on {}: ", host)),
        arg("look",
            restore ? ": it is one transaction"
                    : fmt::format(", or look at it on {}: omsctl runs {}", host, evidence.run)),
        arg("left", left_something ? ", but left something behind" : ""),
        arg("rest",
            left_something ? fmt::format("remove the rest: {}   then ", typed("rollback")) : ""),
        arg("alarm", alarm(standing.oms_down, initialised)),
        arg("to", to_whom(evidence.forward.deployment, lease)),
        arg("damage", evidence.damage),
        arg("repair", repair(evidence)),
        arg("version", evidence.made_by),
        arg("this_version", base::version()),
        arg("resume", typed("resume")),
        arg("rollback", typed("rollback")),
        arg("attach", typed("attach")));
  };
  standing.reason = filled(row_of(standing.where).reason);
  standing.next = filled(row_of(standing.where).next);
  standing.open = open_ways(standing.where, evidence.plan.has_value(), left_something);
  if (lease != nullptr && lease->run == evidence.run && !standing.is_running() &&
      !standing.is_over()) {
    standing.open.push_back(Way::lock_break);
    standing.next += fmt::format("   or, when that is not possible any more: omsctl lock break {}",
                                 evidence.run);
  }
}

}  // namespace omsctl::run
