/// What every runbook begins and ends with. Private to this room.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "omsctl/metadb/row_set.hpp"
#include "omsctl/runbook/scale_out.hpp"
#include "omsctl/runbook/steps.hpp"

namespace omsctl::runbook {

/// One lane per host, side by side.
template <typename MakeStep>
plan::Stage on_each(std::string id,
                    std::string title,
                    plan::Outage outage,
                    const std::vector<std::string>& hosts,
                    MakeStep make_step) {
  plan::Stage stage{std::move(id), std::move(title), outage, {}};
  for (const std::string& host : hosts)
    stage.lanes.push_back({{make_step(host)}});
  return stage;
}

/// Without lanes that have no step, and stages that have no lane.
void drop_empty(std::vector<plan::Stage>& stages);

/// One of the sets that are the region's by today's ids.
[[nodiscard]] const metadb::RowSet& set_of(const Deployment& deployment, const std::string& table);

/// The last stage: each node, and the region as a whole.
[[nodiscard]] plan::Stage verify(const Deployment& deployment);

/// The plan's head, its stages without those that have no step, and its notes.
void write_plan(Runbook& book,
                const Deployment& deployment,
                const std::string& version,
                std::vector<plan::Stage> stages,
                std::vector<std::string> notes);

/// What both kinds of scale-out tell about the new nodes.
[[nodiscard]] std::vector<std::string> notes_on_nodes(const Deployment& deployment);

}  // namespace omsctl::runbook
