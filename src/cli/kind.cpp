#include "kind.hpp"

#include "omsctl/checks/rules.hpp"

namespace omsctl::cli {
namespace {

constexpr Kind more_nodes{
    facts::Goal::more_nodes,
    checks::check_node,
    runbook::scale_out_node,
    "nothing to do: every node of cm_nodes has joined and every config.yaml is equal"};
constexpr Kind new_region{
    facts::Goal::new_region,
    checks::check_region,
    runbook::scale_out_region,
    "nothing to do: the region is there, with every node of cm_nodes and this config.yaml"};

}  // namespace

const Kind& kind_of(facts::Goal goal) {
  return goal == facts::Goal::new_region ? new_region : more_nodes;
}

}  // namespace omsctl::cli
