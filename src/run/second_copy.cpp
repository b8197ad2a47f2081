#include "second_copy.hpp"

#include <fmt/format.h>

#include "omsctl/base/digest.hpp"
#include "omsctl/base/files.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/remote/shell.hpp"
#include "omsctl/run/store/copy_seal.hpp"

#include "failed.hpp"
#include "feed.hpp"
#include "files_to_host.hpp"

namespace omsctl::run {

using remote::quote;

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
  // fallocate is quick; a file system that has none is filled the slow way.
  const std::string script = fmt::format(
      "umask 077\nf={0}; d=$(dirname \"$f\")\n"
      "mkdir -p \"$d\" && chmod 700 \"$d\" || exit 1\n"
      "fallocate -l {1} \"$f\" 2>/dev/null || head -c {1} /dev/zero > \"$f\" || {{ rm -f \"$f\"; "
      "exit 1; }}\n",
      quote(action.path),
      bytes);
  const remote::Result result = bench.fleet.at(action.host).run({.script = script}, step.stop);
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
  const std::string name = quote(action.path);
  const std::string receive = fmt::format(
      "umask 077\nd=$(dirname {0})\nmkdir -p \"$d\" && chmod 700 \"$d\" || exit 1\n"
      "dd of={0} bs=65536 conv=notrunc 2>/dev/null || {{ echo 'dd cannot write it'; exit 1; }}\n",
      name);
  const std::string what = fmt::format("cannot write {}", action.path);
  const remote::Result received = feed(host, receive, pack, copy_deadline, step.stop);
  if (packed.ending == remote::Ending::cancelled && !received.ok())
    host_failed(action.host, what, received);
  if (!packed.ok())
    host_failed("this machine", "tar of the run's directory", packed);
  if (!received.ok())
    host_failed(action.host, what, received);
  const std::string finish = fmt::format(
      "truncate -s {1} {0} && sync {0} || exit 1\n"
      "[ \"$(sha256sum < {0} | cut -c1-64)\" = {2} ] || {{ echo 'it did not arrive whole'; exit 1; "
      "}}\n",
      name,
      bytes,
      digest.finish());
  const remote::Result finished = host.run({.script = finish}, step.stop);
  if (!finished.ok())
    host_failed(action.host, what, finished);
}

}  // namespace omsctl::run
