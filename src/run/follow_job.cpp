#include "follow_job.hpp"

#include <optional>

#include <fmt/format.h>

#include "omsctl/base/text.hpp"
#include "omsctl/oms/init_job.hpp"
#include "omsctl/plan/calls.hpp"
#include "omsctl/remote/shell.hpp"

#include "failed.hpp"
#include "host_log.hpp"

namespace omsctl::run {
namespace {

using oms::JobState;

constexpr int look_seconds = 30;  // one look; a connection that breaks costs no more than this
constexpr int looks_in_vain = 5;  // 2 s apart: `docker exec -d` returns before the job's first act

struct Followed {
  JobState state;
  std::string output;
  std::string silence;  ///< why the host did not answer the last look
};

/// One look: appends what the job printed since the last one. False when the host did not answer.
bool look(const plan::AwaitJob& action,
          Workbench& bench,
          const StepContext& step,
          int seconds,
          Followed& job) {
  std::string line;
  std::string seen;
  const auto on_output = [&](std::string_view data) {
    seen.append(data);
    for (const char c : data) {
      if (c != '\n') {
        line += c;
        continue;
      }
      if (const auto heading = oms::step_heading(line))
        step.progress("docker_init.sh: " + *heading);
      line.clear();
    }
  };
  const remote::Result result =
      bench.fleet.at(action.host)
          .run({.script = remote::text_of({plan::follow_job(action, job.output.size(), seconds)}),
                .on_output = on_output,
                .deadline = base::Seconds{seconds + 60}});
  const std::size_t last = seen.rfind(std::string("\n") + std::string(oms::job_state_prefix));
  const auto state =
      last == std::string::npos
          ? std::nullopt
          : oms::parse_job_state(base::trim(std::string_view(seen).substr(last + 1)));
  if (!result.ok() || !state) {
    job.silence = remote::describe(result);
    if (!base::trim(result.err).empty())
      job.silence += ": " + base::last_lines(result.err, 1).front();
    step.progress(fmt::format("no answer ({}); docker_init.sh goes on without us", job.silence));
    return false;
  }
  job.silence.clear();
  job.output += seen.substr(0, last);
  job.state = *state;
  return true;
}

[[noreturn]] void fail(const plan::AwaitJob& action,
                       const Followed& job,
                       const std::string& reason,
                       const std::string& hint) {
  throw failed(fmt::format("{}: {}; its output: {}/output, its log: {}/docker_init.log.*",
                           action.host,
                           reason,
                           action.on_host,
                           action.logs),
               job.output,
               hint);
}

/// What the container answers when a file is written there: no space, a read-only mount.
std::string why_absent(const plan::AwaitJob& action, Workbench& bench) {
  const remote::Call trial = oms::why_no_job(action.container, action.in_container);
  const remote::Result result =
      bench.fleet.at(action.host).run({.script = remote::text_of({trial})});
  const auto said = base::last_lines(result.err + result.out, 1);
  return result.ok() || said.empty() ? "" : "; " + said.front();
}

/// Looks until the job has ended or died, or until the deadline.
Followed follow(const plan::AwaitJob& action, Workbench& bench, const StepContext& step) {
  Followed job;
  const base::TimePoint end = bench.clock.now() + base::Seconds{action.deadline};
  const auto left = [&] {
    return static_cast<int>(std::chrono::ceil<base::Seconds>(end - bench.clock.now()).count());
  };
  int absent = 0;
  while (left() > 0) {
    const bool answered =
        look(action, bench, step, std::min(look_seconds, std::max(left(), 1)), job);
    if (!answered) {
      (void)bench.clock.pause(base::Seconds{1}, {});
      continue;
    }
    using Kind = JobState::Kind;
    if (job.state.kind == Kind::ended || job.state.kind == Kind::died)
      break;
    if (job.state.kind != Kind::absent)
      continue;
    if (++absent == looks_in_vain)
      break;
    (void)bench.clock.pause(base::Seconds{2}, {});
  }
  return job;
}

}  // namespace

void follow_job(const plan::AwaitJob& action, Workbench& bench, const StepContext& step) {
  const Followed job = follow(action, bench, step);
  keep_log(action.host,
           fmt::format("== {} {}: docker_init.sh\n{}\n", base::utc_now(), step.id, job.output),
           bench,
           step);
  const std::string look_at_it = fmt::format(
      "look at it: {}; it must not be interrupted or started again while it runs",
      remote::command_line(
          {"ssh", action.host, remote::command_line({"tail", action.on_host + "/output"})}));
  if (!job.silence.empty() || job.state.kind == JobState::Kind::running)
    step.job_may_live();
  if (!job.silence.empty())
    fail(action,
         job,
         fmt::format("the host could not be asked until the deadline of {} s ({}): whether "
                     "docker_init.sh has "
                     "ended is unknown, it goes on there by itself",
                     action.deadline,
                     job.silence),
         look_at_it);
  if (job.state.kind == JobState::Kind::absent)
    fail(action,
         job,
         "docker_init.sh was not started: its job directory does not appear" +
             why_absent(action, bench),
         "fix the cause, then resume: it is started then, or roll back");
  if (job.state.kind == JobState::Kind::running)
    fail(action,
         job,
         fmt::format(
             "docker_init.sh has not ended after {} s; it was not stopped and may still be running",
             action.deadline),
         look_at_it);
  step.init_took(job.state.seconds);
  const oms::Verdict verdict = oms::judge(job.state, job.output);
  if (verdict.kind == oms::Verdict::Kind::done)
    return;
  if (verdict.kind == oms::Verdict::Kind::unconfirmed && step.accept_init) {
    step.note(fmt::format("{}: docker_init.sh is taken for done as you said; its last lines:\n{}",
                          action.host,
                          base::join(base::last_lines(job.output, 10), "\n")));
    return;
  }
  fail(action,
       job,
       verdict.reason,
       verdict.kind == oms::Verdict::Kind::unconfirmed
           ? "it may have worked: read the log, and when it shows no error, resume with "
             "--accept-init"
           : "read the log and fix the cause, then resume with --rerun-init (the vendor calls the "
             "script repeatable in one place and not in another), or roll back");
}

}  // namespace omsctl::run
