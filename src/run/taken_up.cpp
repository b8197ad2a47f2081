#include "taken_up.hpp"

#include "omsctl/metadb/database.hpp"
#include "omsctl/oms/init_job.hpp"

namespace omsctl::run {

bool is_committed(const plan::Step& step, Workbench& bench) {
  metadb::Database database = metadb::Database::connect(bench.endpoint);
  const auto lease = metadb::read_lease(database, bench.rm_database);
  return lease && lease->last_step == step.id;
}

void set_jobs_aside(const plan::Step& step, Workbench& bench, const StepContext& context) {
  for (const plan::Action& action : step.apply) {
    const auto* job = std::get_if<plan::AwaitJob>(&action);
    if (job == nullptr)
      continue;
    const oms::JobPlace place{job->container, job->on_host, job->in_container};
    execute(
        plan::Await{plan::HostHolds{
                        job->host, "no docker_init.sh runs there any more", {oms::job_over(place)}},
                    5},
        bench,
        context);
    execute(plan::Command{job->host,
                          "set the files of the last docker_init.sh aside",
                          {oms::set_job_aside(place)}},
            bench,
            context);
  }
}

}  // namespace omsctl::run
