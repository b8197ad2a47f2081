#include "omsctl/plan/plan.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "omsctl/base/lists.hpp"

namespace omsctl::plan {
namespace {

template <typename Kind>
bool has(const Step& step) {
  return std::any_of(step.apply.begin(), step.apply.end(), [](const Action& action) {
    return std::holds_alternative<Kind>(action);
  });
}

/// What a person would expect to go, and does not.
bool leaves_something(const Step& step) {
  const bool brought_image = has<ShipImage>(step) || has<SendFile>(step);
  return !step.not_undone.empty() && (step.decisive || brought_image);
}

/// An outage ends with the last stage that is within it.
void end_outage(std::vector<Stage>& stages) {
  const auto last = std::find_if(stages.rbegin(), stages.rend(), [](const Stage& stage) {
    return stage.outage != Outage::no;
  });
  if (last != stages.rend() && last->outage == Outage::inside)
    last->outage = Outage::ends;
}

}  // namespace

bool deletes_rows(const Step& step) {
  return has<DeleteRows>(step);
}

bool only_asks(const Step& step) {
  return std::all_of(step.apply.begin(), step.apply.end(), [](const Action& action) {
    const auto* rows = std::get_if<RestoreRows>(&action);
    return std::holds_alternative<Await>(action) ||
           std::holds_alternative<RehearseDelete>(action) ||
           std::holds_alternative<TellChangedIds>(action) ||
           std::holds_alternative<TellLeftovers>(action) || (rows != nullptr && rows->rehearse);
  });
}

std::vector<const Step*> steps_of(const std::vector<Stage>& stages) {
  std::vector<const Step*> steps;
  for (const Stage& stage : stages)
    for (const Lane& lane : stage.lanes)
      for (const Step& step : lane.steps)
        steps.push_back(&step);
  return steps;
}

Plan rollback_of(const Plan& plan, const std::set<std::string>& begun) {
  const auto any_begun = [&](const std::vector<std::string>& ids) {
    return std::any_of(
        ids.begin(), ids.end(), [&](const std::string& id) { return begun.contains(id); });
  };
  Plan back = plan;
  back.command = rollback_command;
  back.back.clear();
  back.stages = plan.back;
  for (Stage& stage : back.stages) {
    for (Lane& lane : stage.lanes)
      std::erase_if(lane.steps, [&](const Step& step) {
        return !any_begun(step.takes_back) && !any_begun(step.needed_by);
      });
    std::erase_if(stage.lanes, [](const Lane& lane) { return lane.steps.empty(); });
  }
  std::erase_if(back.stages, [](const Stage& stage) { return stage.lanes.empty(); });
  end_outage(back.stages);
  std::map<std::string, std::set<std::string>> places;  // by why
  for (const Step* step : steps_of(plan.stages))
    if (begun.contains(step->id) && leaves_something(*step))
      places[step->not_undone].insert(step->where);
  back.notes.clear();
  for (const auto& [why, where] : places)
    back.notes.push_back(fmt::format("not undone on {}: {}", fmt::join(where, ", "), why));
  return back;
}

std::vector<const Step*> undone_by(const Plan& plan, const std::string& id) {
  std::vector<const Step*> steps = steps_of(plan.back);
  std::erase_if(steps, [&](const Step* step) { return !base::contains(step->takes_back, id); });
  return steps;
}

}  // namespace omsctl::plan
