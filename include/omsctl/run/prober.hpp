/// Asks the probes of a plan.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "omsctl/base/clock.hpp"
#include "omsctl/plan/action.hpp"
#include "omsctl/run/actions.hpp"

namespace omsctl::run {

/// Asks probes. Remembers what it has to between two looks at the same probe.
class Prober {
 public:
  Prober(const plan::Probe& probe, Workbench& bench) : probe_(probe), bench_(bench) {}
  /// Whether the probe holds now; evidence() then says what was seen. Throws Error only for what
  /// asking again cannot mend.
  [[nodiscard]] bool holds(const std::stop_token& stop);
  [[nodiscard]] const std::string& evidence() const noexcept { return evidence_; }

 private:
  bool ask(const std::stop_token& stop);

  const plan::Probe& probe_;
  Workbench& bench_;
  std::string evidence_;
  std::vector<std::string> first_look_;
  base::TimePoint looked_at_{};
};

/// "h1: the node is quiet": what a probe is about.
[[nodiscard]] std::string name_of(const plan::Probe& probe);

}  // namespace omsctl::run
