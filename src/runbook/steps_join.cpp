#include <fmt/format.h>

#include "omsctl/oms/init_job.hpp"
#include "omsctl/oms/programs.hpp"
#include "omsctl/runbook/steps.hpp"

#include "back.hpp"
#include "scripts.hpp"

namespace omsctl::runbook {
namespace {

using plan::Await;
using plan::Command;
using plan::HostHolds;
using plan::Step;

/// Seconds. A container needs minutes until its supervisor answers (oms §8.11).
constexpr int supervisor_deadline = 300;

}  // namespace

Step run_container(const Deployment& deployment, const std::string& host) {
  const facts::Facts& facts = deployment.facts;
  oms::ContainerSpec spec =
      oms::like(*facts.initial_container(), *facts.image, deployment.paths(host), host);
  spec.name = deployment.container(host);
  spec.image = deployment.image;
  spec.run = deployment.run;
  Step step;
  step.id = "run." + host;
  step.where = host;
  step.title = fmt::format("docker run {}, OMS_HOST_IP={}", deployment.container(host), host);
  step.source =
      deployment.source("guide: physical address, step 6: start the OMS container on another host",
                        "guide: region, step 5: start the container");
  step.decisive = true;
  step.apply = {
      Command{host, "start the container", {oms::start_container(spec)}, 300},
      Await{HostHolds{
                host, "its supervisor answers", {oms::program_states(deployment.container(host))}},
            supervisor_deadline}};
  if (deployment.self_initialising)
    step.apply.emplace_back(Await{HostHolds{host,
                                            "the container has initialised itself",
                                            {oms::self_initialised(deployment.container(host))}},
                                  facts.choices.init_timeout});
  return step;
}

Step remove_container(const Deployment& deployment, const std::string& host) {
  return back_command(
      "run." + host,
      host,
      "remove the container",
      {"run." + host},
      {oms::on_own_container(deployment.container(host), deployment.run, {"docker", "rm", "-f"})},
      120);
}

Step initialise(const Deployment& deployment, const std::string& host) {
  const oms::JobPlace place = job_on(deployment, host);
  Step step;
  step.id = "init." + host;
  step.where = host;
  step.title = "docker_init.sh, followed to its end";
  step.source = deployment.source("guide: physical address, step 5: sudo sh /root/docker_init.sh",
                                  "guide: region, step 7: bash /root/docker_init.sh");
  step.decisive = true;
  step.interruption = plan::Interruption::never;
  step.apply = {Command{host, "start docker_init.sh, detached", {oms::start_job(place)}, 60, true},
                plan::AwaitJob{host,
                               place.container,
                               place.on_host,
                               place.in_container,
                               deployment.paths(host).logs,
                               deployment.facts.choices.init_timeout}};
  step.not_undone = "what docker_init.sh has changed outside the four tables, and its own log";
  return step;
}

Step remove_job(const Deployment& deployment, const std::string& host) {
  return back_command("job." + host,
                      host,
                      "remove the files of the docker_init.sh job",
                      {"init." + host},
                      {oms::remove_job(job_on(deployment, host))});
}

}  // namespace omsctl::runbook
