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
#include "omsctl/plan/calls.hpp"

#include "failed.hpp"
#include "feed.hpp"

namespace omsctl::run {
namespace {

using base::Code;
using base::Error;

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
                .run({.script = remote::text_of({plan::send_image(action)}),
                      .on_output = pass_on,
                      .deadline = transfer_deadline},
                     stop);
  };
  const remote::Result loaded = feed(
      bench.fleet.at(action.host), {plan::receive_image()}, save, transfer_deadline, step.stop);
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
  constexpr base::Seconds deadline{30};
  const remote::Calls calls = remote::after_others({plan::put_file(action)}, deadline.count());
  const remote::Result result = bench.fleet.at(action.host)
                                    .run({.script = remote::text_of(calls),
                                          .input = bench.directory.read_artifact(action.artifact)});
  if (!result.ok())
    host_failed(action.host, fmt::format("cannot write {}", action.path), result);
}

void send_file(const plan::SendFile& action, Workbench& bench, const StepContext& step) {
  check_lease(bench, step);
  Meter meter(step, action.size, "of", bench.clock);
  std::string digest;
  const auto read = [&](const Sink& sink, const std::stop_token& /*stop*/) {
    digest = read_file(action.source, sink, meter);
  };
  const remote::Result result = feed(bench.fleet.at(action.host),
                                     {plan::receive_file(action)},
                                     read,
                                     transfer_deadline,
                                     step.stop);
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
  const remote::Calls holds{plan::has_layers(action.image, action.layers_sha256)};
  if (!bench.fleet.at(action.host).run({.script = remote::text_of(holds)}, step.stop).ok())
    throw Error(
        Code::stopped,
        fmt::format(
            "{}: what was loaded is not the initial node's image {}", action.host, action.image));
}

}  // namespace omsctl::run
