/// The questions about a service that runs, and about the VIP before it. Private to this room.
#pragma once

#include <map>
#include <string>

#include "omsctl/facts/host_probes.hpp"
#include "omsctl/facts/probe_script.hpp"

namespace omsctl::facts {

using Answers = std::map<std::string, Answer>;

/// The config.yaml of a container, as the container sees it.
void ask_about_config(ProbeScript& script, const std::string& container);
void read_config(NodeFacts& node, const Answer& answer);

/// Config, programs and health of a node whose container runs.
void ask_about_service(ProbeScript& script,
                       const NodeFacts& node,
                       const DetailQuestions& questions);
void read_service(NodeFacts& node, Answers& answers);

/// The three digits that curl printed; "000", its own word for no answer, for anything else.
[[nodiscard]] std::string http_status(const Answer& answer);

[[nodiscard]] VipFacts read_vip(const NodeFacts& node, const Answer& cm, const Answer& nginx);

}  // namespace omsctl::facts
