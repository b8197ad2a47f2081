#include "command_options.hpp"

#include <map>
#include <string>

#include <fmt/format.h>

#include "omsctl/docker/names.hpp"
#include "omsctl/oms/scope.hpp"
#include "omsctl/remote/ssh_client.hpp"

namespace omsctl::cli {
namespace {

/// A validator whose message is `says` whenever `fits` does not hold.
CLI::Validator must(const char* says, bool (*fits)(std::string_view)) {
  return {[says, fits](std::string& value) {
            return fits(value) ? std::string() : fmt::format("\"{}\" is no {}", value, says);
          },
          ""};
}

CLI::Validator path_on_hosts() {
  return {[](std::string& value) {
            const std::string problem = docker::path_problem(value);
            return problem.empty() ? problem : fmt::format("\"{}\" {}", value, problem);
          },
          ""};
}

}  // namespace

void add_common(CLI::App& command, Options& options) {
  command
      .add_option("--state-dir",
                  options.state_dir,
                  "where runs are recorded (default: $XDG_STATE_HOME/omsctl)")
      ->type_name("DIR");
  command.add_flag("--json", options.json, "one JSON object a line on stdout, nothing else there");
  command.add_flag(
      "--no-color", options.no_color, "no colours, also without a terminal or with NO_COLOR set");
  command.add_flag("-v,--verbose", options.verbose, "tell more");
}

void add_ways(CLI::App& command, Options& options) {
  command
      .add_option("--ssh-config", options.reach.ssh_config, "OpenSSH client configuration to use")
      ->type_name("FILE");
  command.add_option("--ssh-user", options.reach.user, "log in as this user")->type_name("USER");
  command.add_option("--ssh-port", options.reach.port, "connect to this port")->type_name("PORT");
  facts::Choices& choices = options.choices;
  command
      .add_option("--metadb-via",
                  choices.metadb_via,
                  "reach the MetaDB directly or through a host: auto, direct, HOST")
      ->type_name("WAY")
      ->check(must("host for ssh", remote::is_safe_name));
  command
      .add_option("--metadb-ca",
                  choices.metadb_ca,
                  "CA certificate: TLS to the MetaDB is enforced and verified")
      ->type_name("FILE")
      ->check(CLI::ExistingFile);
}

void add_metadb(CLI::App& command, Options& options) {
  add_ways(command, options);
  facts::Choices& choices = options.choices;
  choices.config_file = "config.yaml";
  command
      .add_option(
          "-c,--config", choices.config_file, "the target config.yaml (default: ./config.yaml)")
      ->type_name("FILE");
}

void add_reach(CLI::App& command, Options& options) {
  add_metadb(command, options);
  facts::Choices& choices = options.choices;
  command.add_option("--from", choices.from, "the initial node (default: found out)")
      ->type_name("HOST")
      ->check(must("host for ssh", remote::is_safe_name));
  command
      .add_option("--parallel",
                  choices.parallel,
                  "hosts asked, prepared and joined side by side (default: 8); within the outage "
                  "all are")
      ->type_name("N")
      ->check(CLI::Range(1, 256));
  command
      .add_option("--skip-check", options.skipped_checks, "turn this check's error into a warning")
      ->type_name("ID");
}

void add_node_choices(CLI::App& command, Options& options) {
  facts::Choices& choices = options.choices;
  command.add_option("--container", choices.container, "OMS container's name (default: found out)")
      ->type_name("NAME")
      ->check(must("name of a container", docker::is_container_name));
  command
      .add_option("--image",
                  choices.image,
                  "image reference for new containers (default: the initial node's)")
      ->type_name("REF")
      ->check(must("image reference", docker::is_image_reference));
  command
      .add_option("--image-archive",
                  choices.image_archive,
                  "load the image from this archive (docker save)")
      ->type_name("FILE")
      ->check(must("file name of UTF-8 text without control characters", docker::is_plain_text));
  command.add_option("--config-path", choices.config_path, "config.yaml on the hosts")
      ->type_name("PATH")
      ->check(path_on_hosts());
  command.add_option("--logs-dir", choices.logs_dir, "mounted on /home/admin/logs")
      ->type_name("PATH")
      ->check(path_on_hosts());
  command.add_option("--store-dir", choices.store_dir, "mounted on /home/ds/store")
      ->type_name("PATH")
      ->check(path_on_hosts());
  command.add_option("--run-dir", choices.run_dir, "mounted on /home/ds/run")
      ->type_name("PATH")
      ->check(path_on_hosts());
  CLI::Option* crt =
      command.add_option("--https-crt", choices.https_crt, "certificate on the hosts")
          ->type_name("PATH")
          ->check(path_on_hosts());
  command.add_option("--https-key", choices.https_key, "its key on the hosts")
      ->type_name("PATH")
      ->check(path_on_hosts())
      ->needs(crt);
  crt->needs("--https-key");
}

void add_location_column(CLI::App& command, Options& options) {
  command
      .add_option("--location-column",
                  options.choices.location_column,
                  "column of location_cm that holds the region's code")
      ->type_name("NAME");
}

void add_run_choices(CLI::App& command, Options& options) {
  facts::Choices& choices = options.choices;
  command
      .add_option_function<std::string>(
          "--backup",
          [&](const std::string& what) { choices.backup_full = what == "full"; },
          "what is dumped before: full or tables")
      ->type_name("WHAT")
      ->check(CLI::IsMember({"full", "tables"}));
  command
      .add_option_function<std::string>(
          "--init-new-nodes",
          [&](const std::string& when) { choices.init_new_nodes = when == "each"; },
          "docker_init.sh on new nodes: each or never")
      ->type_name("WHEN")
      ->check(CLI::IsMember({"each", "never"}));
  command
      .add_option("--init-timeout",
                  choices.init_timeout,
                  "docker_init.sh may take this long, each proof after it a fifth (default: 15m)")
      ->type_name("TIME")
      ->transform(
          CLI::AsNumberWithUnit(std::map<std::string, int>{{"s", 1}, {"m", 60}, {"h", 3600}}))
      ->check(CLI::Range(1, 86400));
  command
      .add_option_function<std::string>(
          "--outside-rows",
          [&](const std::string& what) {
            choices.outside_rows =
                what == "keep" ? oms::OutsideRows::keep : oms::OutsideRows::clear;
          },
          "rows that belong to no region: keep or clear")
      ->type_name("WHAT")
      ->check(CLI::IsMember({"keep", "clear"}));
  add_location_column(command, options);
  command.add_flag("--reload-existing",
                   choices.reload_existing,
                   "load the edited config.yaml on existing nodes now (cm_url unchanged)");
}

void add_run(CLI::App& command, Options& options) {
  command.add_option("RUN", options.run, "a run's id, its beginning, or \"last\"")->required();
}

void add_from_copy(CLI::App& command, Options& options) {
  command
      .add_option("--from",
                  options.choices.from,
                  "fetch the run's second copy from this host first: this machine has none")
      ->type_name("HOST")
      ->check(must("host for ssh", remote::is_safe_name));
}

void add_dry_run(CLI::App& command, Options& options) {
  command.add_flag("--dry-run",
                   options.dry_run,
                   "show the plan, every command and the config diffs; change nothing");
}

void add_change(CLI::App& command, Options& options) {
  command.add_flag("--yes", options.yes, "do not ask");
  command
      .add_option(
          "--lock-wait", options.lock_wait, "wait this long for another run to end (default: 0s)")
      ->type_name("TIME")
      ->transform(
          CLI::AsNumberWithUnit(std::map<std::string, int>{{"s", 1}, {"m", 60}, {"h", 3600}}));
}

}  // namespace omsctl::cli
