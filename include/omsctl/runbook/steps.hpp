/// Steps that the runbooks share, each in the guide's words. Every function gives values; none asks
/// or changes anything.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "omsctl/facts/facts.hpp"
#include "omsctl/metadb/row_set.hpp"
#include "omsctl/plan/plan.hpp"

namespace omsctl::runbook {

/// What every step needs to know, decided once.
struct Deployment {
  const facts::Facts& facts;
  std::string run;
  std::string image;          ///< what `docker run` names
  std::string layers_sha256;  ///< digest of the image's layers
  std::vector<std::string> existing;
  std::vector<std::string> added;
  std::vector<std::string>
      programs;                 ///< RUNNING on the initial node: what is demanded of every node
  bool demands_health = false;  ///< the initial node answers /oms/health
  bool self_initialising = false;
  std::vector<metadb::RowSet> scope;  ///< the rows that are saved
  std::vector<metadb::RowSet>
      wide;                 ///< the region's rows by today's ids, its new nodes' among them
  bool for_region = false;  ///< a further region joins, not nodes
  bool clears = false;      ///< cm_url changes: programs stop, the region's rows are deleted
  std::map<std::string, std::string>& artifacts;

  [[nodiscard]] std::string container(const std::string& host) const {
    return facts.container_on(host);
  }
  [[nodiscard]] oms::NodePaths paths(const std::string& host) const { return facts.paths_on(host); }
  /// The snapshot that the region's rows go back to.
  [[nodiscard]] const char* saved_rows() const {
    return clears ? "backup/clear" : for_region ? "backup/region" : "backup/first";
  }
  /// Where the guide asks for a step that both of its parts have.
  [[nodiscard]] const char* source(const char* for_nodes, const char* for_a_region) const {
    return for_region ? for_a_region : for_nodes;
  }
};

[[nodiscard]] Deployment deployment_of(const facts::Facts& facts,
                                       const std::string& run,
                                       std::map<std::string, std::string>& artifacts);

// A lane of one node in a stage.
[[nodiscard]] plan::Lane prepare_new_node(const Deployment& deployment, const std::string& host);
[[nodiscard]] plan::Lane prepare_existing_node(const Deployment& deployment,
                                               const std::string& host);

// Steps, in the order of the guide.
[[nodiscard]] plan::Step bring_image(const Deployment& deployment, const std::string& host);
[[nodiscard]] std::vector<plan::Step> back_up(const Deployment& deployment);
[[nodiscard]] plan::Step record_programs(const Deployment& deployment, const std::string& host);
[[nodiscard]] plan::Step stop_programs(const Deployment& deployment, const std::string& host);
[[nodiscard]] plan::Step prove_node_quiet(const Deployment& deployment, const std::string& host);
[[nodiscard]] plan::Step prove_rows_quiet(const Deployment& deployment);
[[nodiscard]] std::vector<plan::Step> clear_rows(const Deployment& deployment);
[[nodiscard]] plan::Step edit_config(const Deployment& deployment, const std::string& host);
[[nodiscard]] plan::Step reload_config(const Deployment& deployment, const std::string& host);
[[nodiscard]] plan::Step run_container(const Deployment& deployment, const std::string& host);
[[nodiscard]] plan::Step initialise(const Deployment& deployment, const std::string& host);
[[nodiscard]] plan::Step prove_node(const Deployment& deployment, const std::string& host);
[[nodiscard]] plan::Step prove_region(const Deployment& deployment);
[[nodiscard]] plan::Step verify_node(const Deployment& deployment, const std::string& host);
[[nodiscard]] plan::Step verify_region(const Deployment& deployment);
[[nodiscard]] plan::Step record_others(const Deployment& deployment);
/// After docker_init.sh on `nodes.back()`: the new region is in the MetaDB with `nodes`, its
/// heartbeat database is in use, and the other regions are what they were.
[[nodiscard]] std::vector<plan::Step> prove_joined(const Deployment& deployment,
                                                   const std::vector<std::string>& nodes);
[[nodiscard]] plan::Step prove_others(const Deployment& deployment, const std::string& after);
[[nodiscard]] plan::Step tell_changed_ids(const Deployment& deployment);

}  // namespace omsctl::runbook
