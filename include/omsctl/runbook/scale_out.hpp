/// The guide as plans. Pure: facts in, plan out.
#pragma once

#include <map>
#include <string>

#include "omsctl/facts/facts.hpp"
#include "omsctl/plan/plan.hpp"

namespace omsctl::runbook {

/// A plan and the files that it refers to by name. Artifacts may hold secrets: they are written
/// 0600 and never shown.
struct Runbook {
  plan::Plan plan;
  std::map<std::string, std::string> artifacts;
};

/// Whether the deployment already is what the target says: every node has joined and every
/// config.yaml is equal.
[[nodiscard]] bool nothing_to_do(const facts::Facts& facts);

/// `scale-out region` for facts that no check refuses: design §5.3.
[[nodiscard]] Runbook scale_out_region(const facts::Facts& facts,
                                       const std::string& run,
                                       const std::string& version);

/// `scale-out node` for facts that no check refuses: design §5.1 when the cm_url changes, design
/// §5.2 when it stays. Throws Error{config} when an existing node's config.yaml cannot be edited
/// safely.
[[nodiscard]] Runbook scale_out_node(const facts::Facts& facts,
                                     const std::string& run,
                                     const std::string& version);

}  // namespace omsctl::runbook
