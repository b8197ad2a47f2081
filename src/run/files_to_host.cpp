#include "files_to_host.hpp"

#include <unistd.h>

#include <array>
#include <filesystem>

#include <fmt/format.h>

#include "omsctl/base/error.hpp"
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
  Meter(const StepContext& step, std::uint64_t total, base::Clock& clock)
      : step_(step), total_(total), clock_(clock) {}
  void add(std::uint64_t bytes) {
    done_ += bytes;
    if (clock_.now() < next_)
      return;
    next_ = clock_.now() + base::Seconds{1};
    step_.progress(
        total_ > 0
            ? fmt::format("{} of about {}", base::human_size(done_), base::human_size(total_))
            : base::human_size(done_));
  }

 private:
  const StepContext& step_;
  std::uint64_t total_;
  base::Clock& clock_;
  std::uint64_t done_ = 0;
  base::TimePoint next_{};
};

/// docker save on one host, docker load on the other; the bytes pass through here and are counted.
void stream_image(const plan::ShipImage& action, Workbench& bench, const StepContext& step) {
  Meter meter(step, action.size, bench.clock);
  remote::Result saved;
  const auto save = [&](const Sink& sink) {
    const auto pass_on = [&](std::string_view data) {
      meter.add(data.size());
      (void)sink(data);
    };
    saved = bench.fleet.at(action.from)
                .run({.script = command_line({"docker", "save", action.image}) + "\n",
                      .on_output = pass_on,
                      .deadline = transfer_deadline},
                     step.stop);
  };
  const remote::Result loaded =
      feed(bench.fleet.at(action.host), "docker load\n", save, transfer_deadline, step.stop);
  if (!saved.ok())
    host_failed(action.from, "docker save", saved);
  if (!loaded.ok())
    host_failed(action.host, "docker load", loaded);
}

void load_archive(const plan::ShipImage& action, Workbench& bench, const StepContext& step) {
  std::error_code ignored;
  Meter meter(step, std::filesystem::file_size(action.archive, ignored), bench.clock);
  const base::Fd archive = base::open_for_reading(action.archive);
  const auto read = [&](const Sink& sink) {
    std::array<char, 1U << 16U> buffer{};
    for (;;) {
      const ssize_t got = ::read(archive.get(), buffer.data(), buffer.size());
      if (got <= 0)
        return;
      meter.add(static_cast<std::uint64_t>(got));
      if (!sink({buffer.data(), static_cast<std::size_t>(got)}))
        return;  // docker load has ended; its own answer says why
    }
  };
  const remote::Result loaded =
      feed(bench.fleet.at(action.host), "docker load\n", read, transfer_deadline, step.stop);
  if (!loaded.ok())
    host_failed(action.host, fmt::format("docker load of {}", action.archive), loaded);
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
  // Written beside its place and renamed: a half-written config.yaml never stands under its name.
  const std::string script = fmt::format(
      "umask 077\np={0}; t={1}\n"
      "cat > \"$t\" && chmod {2} \"$t\" && sync \"$t\" || {{ rm -f \"$t\"; exit 1; }}\n"
      "[ \"$(sha256sum < \"$t\" | cut -c1-64)\" = {3} ] || {{ echo 'it did not arrive whole'; rm "
      "-f \"$t\"; exit 1; }}\n"
      "mv \"$t\" \"$p\"\n",
      quote(action.path),
      quote(action.path + ".omsctl-part"),
      quote(action.mode),
      quote(action.sha256));
  const remote::Result result =
      bench.fleet.at(action.host)
          .run({.script = script, .input = bench.directory.read_artifact(action.artifact)});
  if (!result.ok())
    host_failed(action.host, fmt::format("cannot write {}", action.path), result);
}

void ship_image(const plan::ShipImage& action, Workbench& bench, const StepContext& step) {
  check_lease(bench, step);
  if (action.archive.empty()) {
    stream_image(action, bench, step);
  } else {
    load_archive(action, bench, step);
  }
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
            "{}: what was loaded is not the initial node's image {}", action.host, action.image),
        action.archive.empty() ? ""
                               : fmt::format("is {} the archive of that image?", action.archive));
}

}  // namespace omsctl::run
