#include <utility>

#include "back.hpp"
#include "scripts.hpp"

namespace omsctl::runbook {

using plan::Lane;
using plan::Stage;
using plan::Step;

Step back_step(const std::string& id, const std::string& where, std::string title, Ids takes_back) {
  Step step;
  step.id = "back." + id;
  step.where = where;
  step.title = std::move(title);
  step.source = rollback_source;
  step.takes_back = std::move(takes_back);
  return step;
}

Step back_command(const std::string& id,
                  const std::string& host,
                  const std::string& title,
                  Ids takes_back,
                  const remote::Calls& calls,
                  int deadline) {
  Step step = back_step(id, host, title, std::move(takes_back));
  step.apply = {plan::Command{host, title, calls, deadline}};
  return step;
}

Step guard(const std::string& id, const std::string& where, std::string title, Ids needed_by) {
  Step step = back_step(id, where, std::move(title), {});
  step.needed_by = std::move(needed_by);
  return step;
}

Ids writers(const Deployment& deployment) {
  Ids ids{"clear"};
  for (const std::string& host : initialised_hosts(deployment))
    ids.insert(ids.end(), {"run." + host, "init." + host});
  return ids;
}

oms::JobPlace job_on(const Deployment& deployment, const std::string& host) {
  return oms::job_place(deployment.container(host), deployment.paths(host).logs, deployment.run);
}

std::vector<std::string> initialised_hosts(const Deployment& deployment) {
  std::vector<std::string> hosts;
  if (deployment.clears)
    hosts = deployment.existing;
  hosts.insert(hosts.end(), deployment.added.begin(), deployment.added.end());
  return hosts;
}

void ask_anew(Stage& stage) {
  for (Lane& lane : stage.lanes)
    for (Step& step : lane.steps)
      step.until = "back.rows";
}

plan::ConfigKnown known_config(const Deployment& deployment, const std::string& host) {
  return {host,
          "config.yaml is the old or the new one",
          deployment.paths(host).config,
          old_copy(deployment, host),
          {host + ".config.old", host + ".config.new"}};
}

}  // namespace omsctl::runbook
