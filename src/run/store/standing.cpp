#include "omsctl/run/store/standing.hpp"

#include <algorithm>

#include "standing_words.hpp"

namespace omsctl::run {
namespace {

using base::Code;

/// Whether `holds` says so of a step of the stage that was begun.
template <typename Holds>
bool any_begun(const plan::Stage& stage, const History& history, const Holds& holds) {
  return std::any_of(stage.lanes.begin(), stage.lanes.end(), [&](const plan::Lane& lane) {
    return std::any_of(lane.steps.begin(), lane.steps.end(), [&](const plan::Step& step) {
      return history.begun.contains(step.id) && holds(step);
    });
  });
}

/// docker_init.sh has ended well, and the proof after it has begun.
bool is_initialised(const Evidence& evidence) {
  if (!evidence.plan || !evidence.back.empty())
    return false;
  const auto& stages = evidence.plan->stages;
  return std::any_of(stages.begin(), stages.end(), [&](const plan::Stage& stage) {
    return stage.id == "prove" &&
           any_begun(stage, evidence.forward, [](const plan::Step&) { return true; });
  });
}

/// A docker_init.sh that was started, and neither ended well nor is known to have ended otherwise.
bool init_may_live(const Evidence& evidence) {
  if (!evidence.plan)
    return false;
  const History& history = evidence.forward;
  const auto& stages = evidence.plan->stages;
  return std::any_of(stages.begin(), stages.end(), [&](const plan::Stage& stage) {
    return any_begun(stage, history, [&](const plan::Step& step) {
      return !history.done.contains(step.id) && !history.failed.contains(step.id) &&
             std::any_of(step.apply.begin(), step.apply.end(), [](const plan::Action& action) {
               return std::holds_alternative<plan::AwaitJob>(action);
             });
    });
  });
}

Where where_forward(const Evidence& evidence) {
  const History& history = evidence.forward;
  if (history.by_itself)
    return Where::taken_back;
  if (history.state == end_state::rolled_back)
    return Where::rolled_back;
  if (history.empty() && !evidence.fetched)
    return Where::never_begun;
  if (history.state == end_state::done)
    return Where::done;
  if (history.state == end_state::incomplete)
    return Where::done_but_optional;
  if (history.state == end_state::unverified)
    return Where::done_but_unproven;
  return init_may_live(evidence) ? Where::init_unknown : Where::midway;
}

Where where_back(const Evidence& evidence) {
  if (evidence.back.state != end_state::done && evidence.back.state != end_state::incomplete)
    return Where::going_back;
  if (evidence.forward.by_itself)
    return Where::taken_back;
  return evidence.back.state == end_state::done ? Where::rolled_back : Where::rollback_incomplete;
}

/// Of a run that is not on this machine, the lease alone tells.
Where where_by_lease(const Evidence& evidence) {
  if (!evidence.held || !evidence.held->lease || !evidence.held->lease->changed)
    return Where::never_begun;
  return evidence.held->lease->command == plan::rollback_command ? Where::going_back
                                                                 : Where::midway;
}

bool works_elsewhere(const Evidence& evidence) {
  if (!evidence.held || !evidence.held->lease || evidence.held->lease->run != evidence.run ||
      evidence.held->lease->expired)
    return false;
  // The lock of its directory tells of processes of this machine that work with this directory.
  return evidence.fetched || evidence.directory.empty() ||
         evidence.held->lease->host != evidence.held->machine;
}

/// A run that stopped with something half done keeps its claim: it is gone, or another has one.
bool has_lost_claim(const Evidence& evidence, Where where) {
  const bool half_done = where == Where::midway || where == Where::init_unknown ||
                         where == Where::done_but_unproven || where == Where::going_back;
  return half_done && has_changed(evidence) && evidence.held &&
         (!evidence.held->lease || evidence.held->lease->run != evidence.run);
}

Where where_of(const Evidence& evidence) {
  if (evidence.at_work)
    return Where::running_here;
  if (works_elsewhere(evidence))
    return Where::running_elsewhere;
  if (!evidence.damage.empty())
    return Where::damaged;
  if (!evidence.made_by.empty())
    return Where::another_version;
  if (evidence.directory.empty())
    return where_by_lease(evidence);
  const Where where = evidence.back.empty() ? where_forward(evidence) : where_back(evidence);
  return has_lost_claim(evidence, where) ? Where::claim_lost : where;
}

bool is_down(const Evidence& evidence) {
  const bool stopped = !evidence.forward.outage_began.empty();
  return evidence.back.empty()
             ? stopped
             : !evidence.back.outage_over && (stopped || !evidence.back.outage_began.empty());
}

bool left_something(const Evidence& evidence) {
  return evidence.back.empty() ? evidence.forward.by_itself && !evidence.forward.complete
                               : evidence.back.state == end_state::incomplete;
}

}  // namespace

bool Standing::opens(Way way) const {
  return std::find(open.begin(), open.end(), way) != open.end();
}

bool Standing::is_running() const {
  return where == Where::running_here || where == Where::running_elsewhere;
}

bool Standing::is_over() const {
  return where == Where::never_begun || where == Where::taken_back || where == Where::rolled_back ||
         where == Where::rollback_incomplete || where == Where::done ||
         where == Where::done_but_optional;
}

Standing standing_of(const Evidence& evidence) {
  Standing standing{.where = where_of(evidence), .run = evidence.run};
  standing.oms_down = !standing.is_over() && is_down(evidence);
  tell(standing, evidence, left_something(evidence), is_initialised(evidence));
  return standing;
}

base::Error refusal(const Standing& standing) {
  const Code code = standing.where == Where::damaged                               ? Code::storage
                    : standing.is_running() || standing.where == Where::claim_lost ? Code::locked
                                                                                   : Code::refused;
  return {code, standing.says() + "; nothing was changed by this command", standing.next};
}

bool has_changed(const Evidence& evidence) {
  if (evidence.fetched || !evidence.plan)
    return evidence.fetched;
  const auto& stages = evidence.plan->stages;
  return std::any_of(stages.begin(), stages.end(), [&](const plan::Stage& stage) {
    return any_begun(stage, evidence.forward, [&](const plan::Step& step) {
      return step.decisive || stage.outage != plan::Outage::no;
    });
  });
}

bool has_only_looked(const plan::Plan& plan, const History& history) {
  const auto steps = plan::steps_of(plan.stages);
  return std::none_of(steps.begin(), steps.end(), [&](const plan::Step* step) {
    return history.begun.contains(step->id) && !plan::only_asks(*step);
  });
}

}  // namespace omsctl::run
