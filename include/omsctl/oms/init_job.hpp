/// docker_init.sh as a job that outlives the connection that started it (design §8).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "omsctl/remote/script.hpp"

namespace omsctl::oms {

/// Where a job's files lie: the same directory seen from the host and from the container (on the
/// logs mount).
struct JobPlace {
  std::string container;
  std::string on_host;       ///< <logs mount>/omsctl-<run>-init
  std::string in_container;  ///< /home/admin/logs/omsctl-<run>-init
  std::string room{};        ///< on the host: room on disk, given up when the job starts
};

[[nodiscard]] JobPlace job_place(const std::string& container,
                                 const std::string& logs_path,
                                 const std::string& run);

/// Starts the job, detached, and returns at once. Its first act is `mkdir` of the job's directory,
/// which decides who started it; it moves an old marker /root/init_flag.txt aside, runs `bash
/// ./docker_init.sh` in /root in the container's own environment, writes its output to `output` and
/// its status to `rc` (by rename).
[[nodiscard]] remote::Call start_job(const JobPlace& place);

/// Holds when no job runs there: it has ended, died, or was never started. A host that cannot tell
/// does not hold.
[[nodiscard]] remote::Call job_over(const JobPlace& place);

/// Holds when the container does not initialise itself any more: it has ended with that, or does
/// not run.
[[nodiscard]] remote::Call self_initialisation_over(const std::string& container);

/// Puts a job that is over aside, under the first free name JOB.N, so that another can start.
[[nodiscard]] remote::Call set_job_aside(const JobPlace& place);

/// Removes the jobs' files, and puts the marker /root/init_flag.txt of the container back as it was
/// before the first of them.
[[nodiscard]] remote::Call remove_job(const JobPlace& place);

/// Says why the container cannot write beside the job's directory: no space, a read-only mount.
[[nodiscard]] remote::Call why_no_job(const std::string& container,
                                      const std::string& in_container);

/// Holds when the container has initialised itself at its start, as newer images do (oms §3.7):
/// its log has the line that they end with. Of a long log, the first 64 MiB and the end are looked
/// at.
[[nodiscard]] remote::Call self_initialised(const std::string& container);

/// The last line of the script follow_job.
struct JobState {
  enum class Kind { running, ended, died, absent } kind = Kind::absent;
  int exit_status = -1;
  bool marker_before = false;
  bool marker_now = false;
  double seconds = 0;  ///< the script's own time, by the host's clock, once it has ended
};
inline constexpr std::string_view job_state_prefix = "omsctl-job ";
[[nodiscard]] std::optional<JobState> parse_job_state(std::string_view line);

/// What an ended job proves.
struct Verdict {
  enum class Kind {
    done,         ///< exit status 0, a known end line, the marker where there was one before
    unconfirmed,  ///< exit status 0 but no known end line: an operator may accept it after *prove*
    failed,
  } kind = Kind::failed;
  std::string reason;
};
[[nodiscard]] Verdict judge(const JobState& state, std::string_view output);

/// Whether `line` is one of the end lines that the vendor's documents give (oms §3.1).
[[nodiscard]] bool is_end_line(std::string_view line);

/// The heading of a step ("【步骤一】…", "[Step 1] …") without its "# ", when `line` is one.
[[nodiscard]] std::optional<std::string> step_heading(std::string_view line);

}  // namespace omsctl::oms
