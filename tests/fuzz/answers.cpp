// What docker, supervisor and the scripts on hosts print may be anything.
#include "omsctl/docker/answers.hpp"

#include <algorithm>

#include "omsctl/base/text.hpp"
#include "omsctl/docker/container.hpp"
#include "omsctl/docker/image.hpp"
#include "omsctl/docker/names.hpp"
#include "omsctl/facts/host_probes.hpp"
#include "omsctl/oms/config_write.hpp"
#include "omsctl/oms/container.hpp"
#include "omsctl/oms/init_job.hpp"
#include "omsctl/oms/programs.hpp"

#include "fuzz.hpp"

using namespace omsctl;

namespace {

void docker_answers(const std::string& text) {
  std::vector<docker::Image> images;
  std::vector<docker::Container> containers;
  fuzz::succeeds(base::Code::remote, [&] { images = docker::parse_images(text); });
  fuzz::succeeds(base::Code::remote, [&] { containers = docker::parse_containers(text); });
  images.emplace_back();
  for (const docker::Container& container : containers) {
    fuzz::require(docker::is_container_name(container.name),
                  "a container's name is one for docker");
    const auto paths = oms::paths_of(container);
    for (const docker::Image& image : images) {
      (void)oms::differences_from_guide(container, image);
      (void)oms::docker_run(oms::like(container, image, paths.value_or(oms::NodePaths{}), "h"));
    }
  }
}

void supervisor(const std::string& text) {
  const std::vector<oms::Program> programs = oms::parse_programs(text);
  fuzz::require(programs.size() <= base::lines_of(text).size(), "a program takes a line");
  for (const oms::Program& program : programs)
    fuzz::require(
        !program.name.empty() && program.name.find_first_of(" \t\r\n") == std::string::npos,
        "a program's name is one word");
  fuzz::require(oms::running(programs).size() <= programs.size(), "no program runs twice");
}

void job(const std::string& text) {
  oms::JobState ended{.kind = oms::JobState::Kind::ended, .exit_status = 0};
  for (const std::string& line : base::lines_of(text)) {
    const auto heading = oms::step_heading(line);
    fuzz::require(!heading || line.find(*heading) != std::string::npos, "a heading is in its line");
    const auto state = oms::parse_job_state(line);
    if (!state)
      continue;
    ended = *state;
    fuzz::require(state->seconds >= 0 && state->seconds <= 1e9, "a time can be counted");
  }
  const oms::Verdict verdict = oms::judge(ended, text);
  const bool good = ended.kind == oms::JobState::Kind::ended && ended.exit_status == 0;
  fuzz::require(good || verdict.kind == oms::Verdict::Kind::failed,
                "only exit status 0 is no failure");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text = fuzz::text_of(data, size);
  docker_answers(text);
  supervisor(text);
  job(text);
  for (const int port : facts::listening_ports(text))
    fuzz::require(port >= 0 && port <= 65535, "a port is one");
  const oms::ConfigRead read = oms::parse_read_config(text);
  fuzz::require(text.ends_with(read.content), "a config.yaml is taken as it came");
  return 0;
}
