#include "omsctl/plan/plan.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

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
  return !step.undo.cannot.empty() && (step.decisive || brought_image);
}

}  // namespace

bool deletes_rows(const Step& step) {
  return has<DeleteRows>(step);
}

bool only_asks(const Step& step) {
  return std::all_of(step.apply.begin(), step.apply.end(), [](const Action& action) {
    const auto* rows = std::get_if<RestoreRows>(&action);
    return std::holds_alternative<Await>(action) || (rows != nullptr && rows->rehearse);
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
  const auto needed = [&](const Step& step) {
    return std::any_of(step.takes_back.begin(), step.takes_back.end(), [&](const std::string& id) {
      return begun.contains(id);
    });
  };
  Plan back = plan;
  back.command = rollback_command;
  back.back.clear();
  back.stages = plan.back;
  for (Stage& stage : back.stages) {
    for (Lane& lane : stage.lanes)
      std::erase_if(lane.steps, [&](const Step& step) { return !needed(step); });
    std::erase_if(stage.lanes, [](const Lane& lane) { return lane.steps.empty(); });
  }
  std::erase_if(back.stages, [](const Stage& stage) { return stage.lanes.empty(); });
  std::map<std::string, std::set<std::string>> places;  // by why
  for (const Step* step : steps_of(plan.stages))
    if (begun.contains(step->id) && leaves_something(*step))
      places[step->undo.cannot].insert(step->where);
  back.notes.clear();
  for (const auto& [why, where] : places)
    back.notes.push_back(fmt::format("not undone on {}: {}", fmt::join(where, ", "), why));
  return back;
}

}  // namespace omsctl::plan
