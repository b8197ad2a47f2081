#include "copy_run.hpp"

#include <fmt/format.h>

#include "omsctl/base/digest.hpp"
#include "omsctl/base/files.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/plan/calls.hpp"
#include "omsctl/run/store/copy_seal.hpp"

#include "failed.hpp"
#include "feed.hpp"
#include "files_to_host.hpp"

namespace omsctl::run {

namespace {

/// Services may be stopped meanwhile: a disk over there that hangs is a reason to go back.
constexpr base::Seconds copy_deadline{60};

}  // namespace

void reserve_room(const plan::ReserveRoom& action, Workbench& bench, const StepContext& step) {
  constexpr std::uint64_t least = 8ULL << 20U;
  const std::uint64_t bytes = least + 2 * base::bytes_below(bench.directory.path() / action.like);
  if (action.host.empty()) {
    bench.directory.reserve(bytes);
    return;
  }
  check_lease(bench, step);
  const remote::Result result =
      bench.fleet.at(action.host)
          .run({.script = remote::text_of({plan::reserve_copy(action, std::to_string(bytes))})},
               step.stop);
  if (!result.ok())
    host_failed(action.host,
                fmt::format("cannot reserve {} in {}", base::human_size(bytes), action.path),
                result);
}

void copy_run(const plan::CopyRun& action, Workbench& bench, const StepContext& step) {
  check_lease(bench, step);
  std::vector<std::string> argv{"tar",
                                "-C",
                                bench.directory.path().string(),
                                "--owner=0",
                                "--group=0",
                                "--numeric-owner",
                                "-cf",
                                "-",
                                "--"};
  argv.insert(argv.end(), action.parts.begin(), action.parts.end());
  base::Sha256 of_archive;
  base::Sha256 digest;  // of the archive and its seal
  std::uint64_t bytes = 0;
  remote::Result packed;
  const auto pack = [&](const Sink& sink, const std::stop_token& stop) {
    const auto pass_on = [&](std::string_view data) {
      digest.update(data);
      bytes += data.size();
      (void)sink(data);
    };
    const auto pack_on = [&](std::string_view data) {
      of_archive.update(data);
      pass_on(data);
    };
    packed =
        remote::run_process({.argv = argv, .on_output = pack_on, .deadline = copy_deadline}, stop);
    pass_on(copy_seal(of_archive.finish()));
  };
  remote::Host& host = bench.fleet.at(action.host);
  const std::string what = fmt::format("cannot write {}", action.path);
  const remote::Result received =
      feed(host, {plan::receive_copy(action)}, pack, copy_deadline, step.stop);
  if (packed.ending == remote::Ending::cancelled && !received.ok())
    host_failed(action.host, what, received);
  if (!packed.ok())
    host_failed("this machine", "tar of the run's directory", packed);
  if (!received.ok())
    host_failed(action.host, what, received);
  const remote::Call finish = plan::finish_copy(action, std::to_string(bytes), digest.finish());
  const remote::Result finished = host.run({.script = remote::text_of({finish})}, step.stop);
  if (!finished.ok())
    host_failed(action.host, what, finished);
}

}  // namespace omsctl::run
