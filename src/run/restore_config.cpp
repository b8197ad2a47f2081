#include "restore_config.hpp"

#include <fmt/format.h>

#include "omsctl/base/digest.hpp"
#include "omsctl/base/error.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/config/values.hpp"
#include "omsctl/oms/config_write.hpp"
#include "omsctl/plan/calls.hpp"

#include "failed.hpp"
#include "files_to_host.hpp"

namespace omsctl::run {
namespace {

using plan::ConfigKnown;

/// How the file on the host stands to the run.
struct Look {
  bool known = false;
  std::string sha256;
  std::string differs;  ///< from the last of the known ones
};

std::string differences(const std::string& before, const std::string& now) {
  std::vector<std::string> keys;
  for (const config::Difference& difference :
       config::differences(config::values_of(before), config::values_of(now)))
    keys.push_back(
        fmt::format("{}: {} instead of {}", difference.key, difference.after, difference.before));
  return base::join(keys, "; ");
}

Look look_at(const ConfigKnown& config, Workbench& bench, const std::stop_token& stop) {
  const remote::Result result =
      bench.fleet.at(config.host)
          .run({.script = remote::text_of({plan::read_config(config)})}, stop);
  if (!result.ok())
    host_failed(config.host, "cannot read " + config.path, result);
  const auto text = oms::parse_read_config(result.out);
  Look look;
  look.sha256 = base::sha256(text.content);
  look.known = text.half_written;
  for (const std::string& artifact : config.artifacts) {
    const std::string known = bench.directory.read_artifact(artifact);
    if (look.known || known == text.content)
      return {true, look.sha256, ""};
    try {
      look.differs = differences(known, text.content);
      look.known = look.differs.empty();
    } catch (const base::Error& error) {
      look.differs = error.what();  // no YAML any more
    }
  }
  return look;
}

}  // namespace

bool is_known_config(const ConfigKnown& probe,
                     Workbench& bench,
                     const std::stop_token& stop,
                     std::string& evidence) {
  const Look look = look_at(probe, bench, stop);
  evidence = fmt::format("somebody else has edited {}: {}", probe.path, look.differs);
  return look.known;
}

void restore_config(const plan::RestoreConfig& action, Workbench& bench, const StepContext& step) {
  const ConfigKnown& config = action.known;
  const Look look = look_at(config, bench, step.stop);
  if (!look.known)
    throw failed(fmt::format("{}: somebody else has edited {}", config.host, config.path),
                 look.differs,
                 "take that edit back, or put the old file there by hand; then roll back again");
  const std::string old = base::sha256(bench.directory.read_artifact(action.artifact));
  put_file({config.host, config.copy, action.artifact, "0600", old}, bench, step);
  execute(plan::Command{config.host,
                        "write config.yaml in place and look at it through the container",
                        {plan::write_config(action, look.sha256, old)},
                        60,
                        false,
                        true},
          bench,
          step);
}

}  // namespace omsctl::run
