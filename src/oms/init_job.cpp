#include "omsctl/oms/init_job.hpp"

#include <algorithm>
#include <array>
#include <sstream>

#include <fmt/format.h>

#include "omsctl/base/text.hpp"
#include "omsctl/oms/container.hpp"
#include "omsctl/remote/shell.hpp"

namespace omsctl::oms {
namespace {

using remote::command_line;
using remote::quote;

/// domain §3.1: the line as printed, and the two translations that the vendor's documents give of
/// it.
constexpr std::array<std::string_view, 3> end_lines{
    "【结束】全部初始化步骤执行成功",
    "[Completed] All initialization steps are executed",
    "[End] All initialization steps completed successfully",
};

/// Exits 0 when the process that the job has recorded lives, as seen in the container.
std::string job_lives(const JobPlace& place) {
  return command_line(
      {"docker",
       "exec",
       place.container,
       "sh",
       "-c",
       fmt::format(
           "read -r pid start < {}/pid && [ \"$(cut -d' ' -f22 /proc/$pid/stat)\" = \"$start\" ]",
           quote(place.in_container))});
}

std::string state_of(const std::string& container) {
  return command_line(
      {"docker", "inspect", "--type", "container", "--format", "{{.State.Running}}", container});
}

}  // namespace

JobPlace job_place(const std::string& container,
                   const std::string& logs_path,
                   const std::string& run) {
  const std::string name = "omsctl-" + run + "-init";
  const std::string on_host = logs_path + "/" + name;
  return {container, on_host, std::string(logs_in_container) + "/" + name, on_host + ".room"};
}

std::string start_job_script(const JobPlace& place) {
  // The job's own files are private; the script gets the container's umask back, or its components
  // could not read what it writes for them. Field 22 of /proc/PID/stat is the start time: a pid
  // alone may be somebody else's later (proc(5)). On a full disk files stay empty: what cannot
  // write its pid is not started, and an exit status that cannot be written is none.
  const std::string wrapper = fmt::format(
      "mask=$(umask); umask 077\n"
      "mkdir {0} || exit 0\n"
      "cd {0} || exit 1\n"
      "echo \"$$ $(cut -d' ' -f22 /proc/$$/stat)\" > pid.tmp && [ -s pid.tmp ] && "
      "mv pid.tmp pid || {{ cd / && rm -rf -- {0}; exit 1; }}\n"
      "if [ -e /root/init_flag.txt ]; then mv /root/init_flag.txt init_flag.before; fi\n"
      "date +%s.%N > started\n"
      "( umask $mask; cd /root && exec bash ./docker_init.sh ) > output 2>&1 < /dev/null\n"
      "echo $? > rc.tmp; date +%s.%N > ended\n"
      "if [ -s /root/init_flag.txt ]; then : > init_flag.after; fi\n"
      "sync rc.tmp output; [ -s rc.tmp ] && mv rc.tmp rc\n",
      quote(place.in_container));
  return command_line({"rm", "-f", "--", place.room}) + "\n" +
         command_line(
             {"docker", "exec", "-d", "-w", "/root", place.container, "sh", "-c", wrapper}) +
         "\n";
}

std::string job_started_script(const JobPlace& place) {
  return fmt::format("test -d {}\n", quote(place.on_host));
}

std::string self_initialised_script(const std::string& container) {
  // A container with a terminal (-t) ends its lines with \r\n.
  return fmt::format(
      "{{ {0} 2>&1; {1} 2>&1 | head -c 67108864; }} | tr -d '\\r' | grep -qxF {2} || "
      "{{ {0} 2>&1; exit 1; }}\n",
      command_line({"docker", "logs", "--tail", "3", container}),
      command_line({"docker", "logs", container}),
      quote("OMS service start successfully"));
}

std::string job_over_script(const JobPlace& place) {
  // Between `mkdir` and the pid lies an instant; a job that died there leaves an old directory.
  return fmt::format(
      "cd {0} 2>/dev/null || {{ [ ! -e {0} ]; exit; }}\n"
      "[ ! -f rc ] || exit 0\n"
      "running=$({1} 2>&1) || case $running in *[Nn]'o such container'*) exit 0;; *) echo "
      "\"$running\"; exit 1;; esac\n"
      "[ \"$running\" = true ] || exit 0\n"
      "if [ -f pid ]; then {2} 2>/dev/null || exit 0\n"
      "else [ -z \"$(find . -maxdepth 0 -mmin +1)\" ] || exit 0; fi\n"
      "[ ! -f rc ] || exit 0\n"
      "echo 'docker_init.sh still runs'; exit 1\n",
      quote(place.on_host),
      state_of(place.container),
      job_lives(place));
}

std::string self_initialisation_over_script(const std::string& container) {
  return fmt::format(
      "running=$({} 2>&1) || case $running in *[Nn]'o such container'*) exit 0;; *) echo "
      "\"$running\"; exit 1;; esac\n"
      "[ \"$running\" = true ] || exit 0\n{}",
      state_of(container),
      self_initialised_script(container));
}

std::string set_job_aside_script(const JobPlace& place) {
  return fmt::format(
      "d={}\n[ -d \"$d\" ] || exit 0\nn=1; while [ -e \"$d.$n\" ]; do n=$((n + 1)); done\n"
      "mv -- \"$d\" \"$d.$n\"\n",
      quote(place.on_host));
}

std::string remove_job_script(const JobPlace& place) {
  const std::string marker = fmt::format(
      "d=$1.1; [ -d \"$d\" ] || d=$1\n"
      "if [ -e \"$d/init_flag.before\" ]; then cp -p \"$d/init_flag.before\" /root/init_flag.txt\n"
      "elif [ -d \"$d\" ]; then rm -f /root/init_flag.txt; fi\n");
  return fmt::format(
      "d={}\n[ -e \"$d\" ] || [ -e \"$d.1\" ] || exit 0\n"
      "running=$({} 2>/dev/null)\n"
      "if [ \"$running\" = true ]; then {} || exit 1; fi\n"
      "rm -rf -- \"$d\" \"$d\".[0-9]* \"$d.room\"\n",
      quote(place.on_host),
      state_of(place.container),
      command_line(
          {"docker", "exec", place.container, "sh", "-c", marker, "sh", place.in_container}));
}

std::string follow_job_script(const JobPlace& place, std::size_t offset, int seconds) {
  return fmt::format(
      "cd {0} 2>/dev/null || {{ printf '\\n{4}absent -1 0 0 0\\n'; exit 0; }}\n"
      "at={1}; left={2}; state=running\n"
      "show() {{ size=$(stat -c %s output 2>/dev/null || echo 0)\n"
      "  if [ \"$size\" -gt \"$at\" ]; then tail -c +$((at + 1)) output | head -c $((size - at)); "
      "at=$size; fi; }}\n"
      "while :; do\n"
      "  if [ -s rc ]; then state=ended; show; break; fi\n"
      "  show\n"
      "  [ \"$left\" -gt 0 ] || break\n"
      "  if [ $((left % 20)) -eq 0 ] && [ -f pid ] && ! {3} 2>/dev/null; then\n"
      "    [ -s rc ] && continue\n"
      "    state=died; show; break\n"
      "  fi\n"
      "  left=$((left - 1)); sleep 0.1\n"
      "done\n"
      "before=0; [ -e init_flag.before ] && before=1\n"
      "now=0; [ -e init_flag.after ] && now=1\n"
      "took=$(cat started ended 2>/dev/null | awk 'NR==1 {{a=$1}} NR==2 {{b=$1}} END {{print (b ? "
      "b - a : 0)}}')\n"
      "printf '\\n{4}%s %s %s %s %s\\n' $state \"$(grep . rc 2>/dev/null || echo -1)\" $before "
      "$now "
      "$took\n",
      quote(place.on_host),
      offset,
      seconds * 10,
      job_lives(place),
      job_state_prefix);
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
