#include "omsctl/oms/init_job.hpp"

#include <algorithm>
#include <array>
#include <sstream>

#include <fmt/format.h>

#include "omsctl/base/text.hpp"
#include "omsctl/oms/container.hpp"

namespace omsctl::oms {
namespace {

/// oms §3.1: the line as printed, and the two translations that the vendor's documents give of
/// it.
constexpr std::array<std::string_view, 3> end_lines{
    "【结束】全部初始化步骤执行成功",
    "[Completed] All initialization steps are executed",
    "[End] All initialization steps completed successfully",
};

}  // namespace

JobPlace job_place(const std::string& container,
                   const std::string& logs_path,
                   const std::string& run) {
  const std::string name = "omsctl-" + run + "-init";
  const std::string on_host = logs_path + "/" + name;
  return {container, on_host, std::string(logs_in_container) + "/" + name, on_host + ".room"};
}

remote::Call start_job(const JobPlace& place) {
  return {"start_job", {place.container, place.room, place.in_container}};
}

remote::Call job_over(const JobPlace& place) {
  return {"job_over", {place.on_host, place.container, place.in_container}};
}

remote::Call self_initialisation_over(const std::string& container) {
  return {"self_initialisation_over", {container}};
}

remote::Call set_job_aside(const JobPlace& place) {
  return {"set_job_aside", {place.on_host}};
}

remote::Call remove_job(const JobPlace& place) {
  return {"remove_job", {place.on_host, place.container, place.in_container}};
}

remote::Call why_no_job(const std::string& container, const std::string& in_container) {
  return {"why_no_job", {container, in_container + ".trial"}};
}

remote::Call self_initialised(const std::string& container) {
  return {"self_initialised", {container}};
}

std::optional<JobState> parse_job_state(std::string_view line) {
  if (!line.starts_with(job_state_prefix))
    return std::nullopt;
  std::istringstream words{std::string(line.substr(job_state_prefix.size()))};
  std::string kind;
  JobState state;
  if (!(words >> kind >> state.exit_status >> state.marker_before >> state.marker_now >>
        state.seconds))
    return std::nullopt;
  constexpr double longest = 1e9;  // 31 years: the host's clock was set meanwhile
  if (state.seconds < 0 || state.seconds > longest)
    state.seconds = 0;
  using Kind = JobState::Kind;
  if (kind == "running")
    state.kind = Kind::running;
  else if (kind == "ended")
    state.kind = Kind::ended;
  else if (kind == "died")
    state.kind = Kind::died;
  else if (kind != "absent")
    return std::nullopt;
  return state;
}

bool is_end_line(std::string_view line) {
  return std::any_of(end_lines.begin(), end_lines.end(), [&](std::string_view known) {
    return line.find(known) != std::string_view::npos;
  });
}

Verdict judge(const JobState& state, std::string_view output) {
  using Kind = Verdict::Kind;
  if (state.kind == JobState::Kind::died)
    return {Kind::failed, "docker_init.sh died without leaving its exit status"};
  if (state.kind != JobState::Kind::ended)
    return {Kind::failed, "docker_init.sh has not ended"};
  if (state.exit_status != 0)
    return {Kind::failed,
            fmt::format("docker_init.sh ended with exit status {}", state.exit_status)};
  bool end_seen = false;
  for (const std::string& line : base::lines_of(output))
    end_seen = end_seen || is_end_line(line);
  if (!end_seen)
    return {Kind::unconfirmed,
            "docker_init.sh ended with exit status 0 but printed none of its known end lines"};
  if (state.marker_before && !state.marker_now)
    return {Kind::failed, "docker_init.sh did not write its marker /root/init_flag.txt again"};
  return {Kind::done, "exit status 0 and the end line"};
}

std::optional<std::string> step_heading(std::string_view line) {
  line = base::trim(line);
  while (line.starts_with('#'))
    line.remove_prefix(1);
  line = base::trim(line);
  if (line.starts_with("【步骤") || line.starts_with("[Step "))
    return std::string(line);
  return std::nullopt;
}

}  // namespace omsctl::oms
