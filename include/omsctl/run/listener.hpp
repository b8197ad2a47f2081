/// Who watches a run: a person at a terminal, or a program that reads JSON.
#pragma once

#include <string>

#include "omsctl/base/clock.hpp"
#include "omsctl/plan/plan.hpp"

namespace omsctl::run {

/// Called from the lanes' threads, one call at a time.
class Listener {
 public:
  Listener() = default;
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  Listener(Listener&&) = delete;
  Listener& operator=(Listener&&) = delete;
  virtual ~Listener() = default;

  virtual void stage_started(const plan::Stage& stage) = 0;
  virtual void step_started(const plan::Step& step) = 0;
  virtual void step_done(const plan::Step& step, base::Milliseconds took, bool held) = 0;
  virtual void step_failed(const plan::Step& step, const std::string& reason) = 0;
  /// How far a long step is: "docker_init.sh: 【步骤二】…", "310 MiB of 640 MiB".
  virtual void progress(const plan::Step& step, const std::string& text) = 0;
  /// A host or group has another id than before its row was deleted.
  virtual void id_changed(const plan::Step& step, const metadb::ChangedId& changed) = 0;
};

}  // namespace omsctl::run
