/// Evidence of where a run stands: its journals, its files, its lease.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "omsctl/run/store/journal.hpp"
#include "omsctl/run/store/standing.hpp"

namespace omsctl::run {

using nlohmann::json;
using plan::Outage;

constexpr const char* id = "20261122-151100-7f3a";
constexpr const char* another = "20270101-000000-beef";
constexpr const char* here = "laptop";

inline plan::Step step(const std::string& name,
                       std::vector<plan::Action> apply = {plan::Command{}}) {
  plan::Step made;
  made.id = name;
  made.apply = std::move(apply);
  return made;
}

/// Prepares h2, stops h1, deletes, initialises h1 and proves it, joins h2, looks at the end.
inline plan::Plan small_plan() {
  plan::Plan plan;
  plan.run = id;
  plan.command = "scale-out node";
  plan::Step clear = step("clear", {plan::DeleteRows{}});
  clear.decisive = true;
  const auto stage = [&](const char* name, Outage outage, plan::Step of_it) {
    plan.stages.push_back({name, name, outage, {{{std::move(of_it)}}}});
  };
  stage("prepare", Outage::no, step("put.h2"));
  stage("stop", Outage::begins, step("stop.h1"));
  stage("clear", Outage::inside, clear);
  stage("init", Outage::inside, step("init.h1", {plan::AwaitJob{}}));
  stage("prove", Outage::ends, step("prove.h1", {plan::Await{}}));
  stage("join", Outage::no, step("init.h2", {plan::AwaitJob{}}));
  stage("verify", Outage::no, step("verify", {plan::Await{}}));
  return plan;
}

inline json started(const char* name) {
  return {{"event", event::step_started}, {"step", name}};
}
inline json done(const char* name) {
  return {{"event", event::step_done}, {"step", name}};
}
inline json failed(const char* name, bool may_live = false) {
  return {{"event", event::step_failed},
          {"step", name},
          {"reason", "it broke"},
          {"may_live", may_live}};
}
inline json ended(const char* state) {
  return {{"event", event::run_ended}, {"state", state}};
}
/// The end of a run that undid its changes without being asked.
inline json undone(bool complete) {
  json end = ended(end_state::rolled_back);
  end["by_itself"] = true;
  end["complete"] = complete;
  return end;
}
inline const json begun{{"event", event::run_started}, {"deployment", "db:3306/rm"}};
inline const json outage{{"event", event::outage_began}, {"at", "2026-11-22T15:11:00.123Z"}};
inline const json outage_over{{"event", event::outage_ended}};

/// Of a run on this machine whose journal says this.
inline Evidence run_of(const std::vector<json>& records, const std::vector<json>& back = {}) {
  return {.run = id,
          .directory = std::string("/state/runs/") + id,
          .plan = small_plan(),
          .forward = history_of(records),
          .back = history_of(back)};
}

/// Stopped after the delete, programs stopped.
std::vector<json> cleared() {
  return {begun,
          started("put.h2"),
          done("put.h2"),
          outage,
          started("stop.h1"),
          done("stop.h1"),
          started("clear"),
          done("clear")};
}

std::vector<json> cleared_and(std::vector<json> more) {
  std::vector<json> all = cleared();
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

inline metadb::LeaseRecord lease_of(const std::string& run, const std::string& host, bool expired) {
  metadb::LeaseRecord lease;
  lease.run = run;
  lease.holder = "ada";
  lease.host = host;
  lease.command = "scale-out node";
  lease.expired = expired;
  lease.changed = true;
  return lease;
}

inline Evidence asked(Evidence evidence, std::optional<metadb::LeaseRecord> lease) {
  evidence.held = HeldBy{std::move(lease), here};
  return evidence;
}

inline Evidence not_here(metadb::LeaseRecord lease) {
  const std::string run = lease.run;
  return asked({.run = run}, std::move(lease));
}

inline Evidence with(Evidence evidence, bool Evidence::*flag) {
  evidence.*flag = true;
  return evidence;
}

inline Evidence with(Evidence evidence, std::string Evidence::*text, const char* value) {
  evidence.*text = value;
  return evidence;
}

}  // namespace omsctl::run
