#include "files_to_host.hpp"

#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "omsctl/base/digest.hpp"
#include "omsctl/base/error.hpp"
#include "omsctl/base/files.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/remote/shell.hpp"

#include "failed.hpp"
#include "feed.hpp"

namespace omsctl::run {
namespace {

using base::Code;
using base::Error;
using remote::command_line;
using remote::quote;

/// Tells now and then how far a transfer is.
class Meter {
 public:
  /// `of` is "of about" where the total is an estimate.
  Meter(const StepContext& step, std::uint64_t total, std::string_view of, base::Clock& clock)
      : step_(step), total_(total), of_(of), clock_(clock) {}
  void add(std::uint64_t bytes) {
    done_ += bytes;
    if (clock_.now() < next_)
      return;
    next_ = clock_.now() + base::Seconds{1};
    step_.progress(
        total_ > 0 ? fmt::format("{} {} {}", base::human_size(done_), of_, base::human_size(total_))
                   : base::human_size(done_));
  }

 private:
  const StepContext& step_;
  std::uint64_t total_;
  std::string_view of_;
  base::Clock& clock_;
  std::uint64_t done_ = 0;
  base::TimePoint next_{};
};

/// docker save on one host, docker load on the other; the bytes pass through here and are counted.
void stream_image(const plan::ShipImage& action, Workbench& bench, const StepContext& step) {
  Meter meter(step, action.size, "of about", bench.clock);
  remote::Result saved;
  const auto save = [&](const Sink& sink, const std::stop_token& stop) {
    const auto pass_on = [&](std::string_view data) {
      meter.add(data.size());
      (void)sink(data);
    };
    saved = bench.fleet.at(action.from)
                .run({.script = command_line({"docker", "save", action.image}) + "\n",
                      .on_output = pass_on,
                      .deadline = transfer_deadline},
                     stop);
  };
  const remote::Result loaded =
      feed(bench.fleet.at(action.host), "docker load\n", save, transfer_deadline, step.stop);
  // One that was cancelled was of no use any more: docker load has ended, and says how.
  if (!saved.ok() && saved.ending != remote::Ending::cancelled)
    host_failed(action.from, "docker save", saved);
  if (!loaded.ok())
    host_failed(action.host, "docker load", loaded);
}

/// Gives all of the file to the sink; its digest, or nothing when nobody reads any more.
std::string read_file(const std::string& source, const Sink& sink, Meter& meter) {
  const base::Fd file = base::open_for_reading(source);
  base::Sha256 digest;
  std::vector<char> buffer(1U << 18U);
  for (;;) {
    const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      throw Error(
          Code::stopped,
          fmt::format("cannot read {}: {}", source, std::generic_category().message(errno)));
    if (got == 0)
      return digest.finish();
    const std::string_view piece(buffer.data(), static_cast<std::size_t>(got));
    digest.update(piece);
    if (!sink(piece))
      return "";
    meter.add(piece.size());
  }
}

}  // namespace

std::string after_others(const std::string& script, base::Seconds deadline) {
  // The lock is on a directory that is always there: nothing is left behind.
  // flock itself says why it cannot lock, the shell that there is no flock; one that has waited in
  // vain says nothing.
  return fmt::format(
      "exec 9</run && said=$(flock -w {} 9 2>&1) || {{\n"
      "  echo \"${{said:-another command of omsctl still runs here}}\"; exit 75\n}}\n{}",
      deadline.count(),
      script);
}

void check_lease(Workbench& bench, const StepContext& step) {
  try {
    bench.lease.check();
  } catch (const Error& error) {
    if (!step.undoing || error.code() == Code::locked)
      throw;
  }
}

void put_file(const plan::PutFile& action, Workbench& bench, const StepContext& step) {
  check_lease(bench, step);
  // Written beside its place and renamed: a half-written config.yaml never stands under its name.
  const std::string script = fmt::format(
      "umask 077\np={0}; t={1}\n"
      "cat > \"$t\" && chmod {2} \"$t\" && sync \"$t\" || {{ rm -f \"$t\"; exit 1; }}\n"
      "[ \"$(sha256sum < \"$t\" | cut -c1-64)\" = {3} ] ||\n"
      "  {{ rm -f \"$t\"; echo 'it did not arrive whole'; exit 1; }}\n"
      "mv \"$t\" \"$p\"\n",
      quote(action.path),
      quote(action.path + ".omsctl-part"),
      quote(action.mode),
      quote(action.sha256));
  const remote::Result result = bench.fleet.at(action.host)
                                    .run({.script = after_others(script, base::Seconds{30}),
                                          .input = bench.directory.read_artifact(action.artifact)});
  if (!result.ok())
    host_failed(action.host, fmt::format("cannot write {}", action.path), result);
}

void send_file(const plan::SendFile& action, Workbench& bench, const StepContext& step) {
  check_lease(bench, step);
  // Created anew under its name, through no link; what ends this script, a lost connection say,
  // takes the file along unless it is whole. PIPE: printing to nobody ends a shell without its EXIT
  // trap.
  const std::string script = fmt::format(
      "umask 077\np={0}\n"
      "trap 'rm -f -- \"$p\"' EXIT\ntrap 'exit 143' HUP INT PIPE TERM\n"
      "rm -f -- \"$p\"\nset -C\n"
      "cat > \"$p\" && sync \"$p\" || exit 1\n"
      "[ \"$(sha256sum < \"$p\" | cut -c1-64)\" = {1} ] ||\n"
      "  {{ echo 'it did not arrive whole'; exit 1; }}\n"
      "trap - EXIT\n",
      quote(action.path),
      quote(action.sha256));
  Meter meter(step, action.size, "of", bench.clock);
  std::string digest;
  const auto read = [&](const Sink& sink, const std::stop_token& /*stop*/) {
    digest = read_file(action.source, sink, meter);
  };
  const remote::Result result =
      feed(bench.fleet.at(action.host), script, read, transfer_deadline, step.stop);
  if (!digest.empty() && digest != action.sha256)
    throw Error(Code::stopped,
                fmt::format("{} is another file now than when it was checked", action.source),
                "run the same command again, which checks it anew");
  if (!result.ok())
    host_failed(action.host, fmt::format("cannot write {}", action.path), result);
}

void ship_image(const plan::ShipImage& action, Workbench& bench, const StepContext& step) {
  check_lease(bench, step);
  stream_image(action, bench, step);
  const remote::Result result = bench.fleet.at(action.host)
                                    .run({.script = command_line({"docker",
                                                                  "image",
                                                                  "inspect",
                                                                  "--format",
                                                                  "{{json .RootFS.Layers}}",
                                                                  action.image}) +
                                                    " | sha256sum | cut -c1-64\n"},
                                         step.stop);
  if (!result.ok() || base::trim(result.out) != action.layers_sha256)
    throw Error(
        Code::stopped,
        fmt::format(
            "{}: what was loaded is not the initial node's image {}", action.host, action.image));
}

}  // namespace omsctl::run
