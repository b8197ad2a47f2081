#include <iostream>
#include <sstream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "omsctl/base/error.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/cli/commands.hpp"
#include "omsctl/oms/words.hpp"
#include "omsctl/remote/ssh_client.hpp"
#include "omsctl/run/directory.hpp"

namespace omsctl::cli {
namespace {

using Command = std::function<int(const Options&, Output&)>;

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

/// A validator whose message is `says` whenever `fits` does not hold.
CLI::Validator must(const char* says, bool (*fits)(std::string_view)) {
  return {[says, fits](std::string& value) {
            return fits(value) ? std::string() : fmt::format("\"{}\" is no {}", value, says);
          },
          ""};
}

CLI::Validator path_on_hosts() {
  return {[](std::string& value) {
            const std::string problem = oms::path_problem(value);
            return problem.empty() ? problem : fmt::format("\"{}\" {}", value, problem);
          },
          ""};
}

/// What every command that asks the MetaDB takes.
void add_metadb(CLI::App& command, Options& options) {
  command
      .add_option("--ssh-config", options.reach.ssh_config, "OpenSSH client configuration to use")
      ->type_name("FILE");
  command.add_option("--ssh-user", options.reach.user, "log in as this user")->type_name("USER");
  command.add_option("--ssh-port", options.reach.port, "connect to this port")->type_name("PORT");
  facts::Choices& choices = options.choices;
  choices.config_file = "config.yaml";
  command
      .add_option(
          "-c,--config", choices.config_file, "the target config.yaml (default: ./config.yaml)")
      ->type_name("FILE");
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

void add_reach(CLI::App& command, Options& options) {
  add_metadb(command, options);
  facts::Choices& choices = options.choices;
  command.add_option("--from", choices.from, "the initial node (default: found out)")
      ->type_name("HOST")
      ->check(must("host for ssh", remote::is_safe_name));
  command.add_option("--parallel", choices.parallel, "hosts asked side by side (default: 8)")
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
      ->check(must("name of a container", oms::is_container_name));
  command
      .add_option("--image",
                  choices.image,
                  "image reference for new containers (default: the initial node's)")
      ->type_name("REF")
      ->check(must("image reference", oms::is_image_reference));
  command
      .add_option("--image-archive",
                  choices.image_archive,
                  "load the image from this archive (docker save)")
      ->type_name("FILE")
      ->check(must("file name of UTF-8 text without control characters", oms::is_plain_text));
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

void add_change(CLI::App& command, Options& options) {
  command.add_flag("--dry-run",
                   options.dry_run,
                   "show the plan, every command and the config diffs; change nothing");
  command.add_flag("--yes", options.yes, "do not ask");
  command
      .add_option(
          "--lock-wait", options.lock_wait, "wait this long for another run to end (default: 0s)")
      ->type_name("TIME")
      ->transform(
          CLI::AsNumberWithUnit(std::map<std::string, int>{{"s", 1}, {"m", 60}, {"h", 3600}}));
}

constexpr const char* overview =
    "Scales out OceanBase Migration Service (OMS) Community Edition.\n\n"
    "Examples:\n"
    "  omsctl check node -c config.yaml                 is everything ready?\n"
    "  omsctl scale-out node -c config.yaml --dry-run   what would be done, command by command\n"
    "  omsctl scale-out node -c config.yaml             do it\n"
    "  omsctl scale-out region -c region.yaml           a further region\n"
    "  omsctl runs last                                 what the last run did\n"
    "  omsctl metadb backup -c config.yaml              a copy of the MetaDB, while OMS runs\n";

constexpr const char* scale_out_node_examples =
    "\nconfig.yaml is the file that all nodes shall have: cm_url is the VIP, cm_nodes names the "
    "existing and the new\n"
    "nodes. Container, image, mounts and the initial node are found out.\n\n"
    "Examples:\n"
    "  omsctl scale-out node -c config.yaml --dry-run\n"
    "  omsctl scale-out node -c config.yaml --ssh-config ~/.ssh/oms_config\n"
    "  omsctl scale-out node -c config.yaml --image-archive oms.tar.gz --yes --json\n\n";

constexpr const char* scale_out_region_examples =
    "\nconfig.yaml is the file of the new region's nodes: its own cm_url, cm_location, cm_region, "
    "cm_nodes and\n"
    "drc_cm_heartbeat_db, cm_is_default: false, and the deployment's drc_rm_db and drc_cm_db. "
    "Image and mounts are those\nof a node of another region.\n\n"
    "Examples:\n"
    "  omsctl check region -c region.yaml\n"
    "  omsctl scale-out region -c region.yaml --dry-run\n"
    "  omsctl scale-out region -c region.yaml --from 10.0.0.1 --image-archive oms.tar.gz\n\n";

constexpr const char* exit_codes =
    "Exit codes: 0 done or nothing to do, 2 usage, 3 config file, 4 refused (nothing changed), 5 "
    "stopped midway,\n"
    "7 verification failed, 8 locked or another run unfinished, 130 interrupted.\n";

using Leaf = std::function<CLI::App*(CLI::App& parent, const char*, const char*, Command)>;

void build_metadb(CLI::App& app, Options& options, const Leaf& leaf) {
  CLI::App* metadb =
      app.add_subcommand("metadb", "safety copies of the MetaDB")->require_subcommand(1);
  CLI::App* backup =
      leaf(*metadb, "backup", "dump the three databases, and the region's rows", metadb_backup);
  add_metadb(*backup, options);
  add_location_column(*backup, options);
  leaf(*metadb, "list", "all copies, those of runs too, oldest first", metadb_list);
  const char* says = "a copy's id, its beginning, or \"last\" (RUN/full, RUN/first, RUN/clear)";
  CLI::App* verify = leaf(*metadb, "verify", "read a copy again and compare", metadb_verify);
  verify->add_option("ID", options.copy, says)->required();
  verify->add_flag(
      "--drill", options.drill, "restore the dump into scratch databases on the MetaDB too");
  add_metadb(*verify, options);
  CLI::App* restore =
      leaf(*metadb, "restore", "put the region's rows of the four tables back", metadb_restore);
  restore->add_option("ID", options.copy, says)->required();
  add_metadb(*restore, options);
  add_change(*restore, options);
}

void build_lock(CLI::App& app, Options& options, const Leaf& leaf) {
  CLI::App* lock =
      app.add_subcommand("lock", "who changes the deployment now")->require_subcommand(1);
  add_metadb(*leaf(*lock, "show", "who holds the deployment", lock_show), options);
  CLI::App* broken = leaf(*lock, "break", "take the deployment from a run", lock_break);
  broken->add_option("RUN", options.run, "the holder's id, in full")->required();
  add_metadb(*broken, options);
  broken->add_flag("--yes", options.yes, "do not ask");
}

/// Everything that the command line can ask for; `chosen` is what it does ask for.
void build(CLI::App& app, Options& options, Command& chosen) {
  app.require_subcommand(1);
  app.set_help_flag("-h,--help", "show this help");
  const auto leaf = [&](CLI::App& parent, const char* name, const char* says, Command command) {
    CLI::App* added = parent.add_subcommand(name, says);
    add_common(*added, options);
    added->final_callback([&chosen, command = std::move(command)] { chosen = command; });
    return added;
  };

  CLI::App* scale_out = app.add_subcommand("scale-out", "add nodes or a region to a deployment")
                            ->require_subcommand(1);
  CLI::App* node = leaf(*scale_out, "node", "new nodes join a region", scale_out_node);
  CLI::App* check =
      app.add_subcommand("check", "the pre-flight checks alone")->require_subcommand(1);
  CLI::App* check_of_node =
      leaf(*check, "node", "is everything ready for scale-out node?", check_node);
  CLI::App* region =
      leaf(*scale_out, "region", "a further region joins the deployment", scale_out_region);
  CLI::App* check_of_region =
      leaf(*check, "region", "is everything ready for scale-out region?", check_region);
  for (CLI::App* command : {node, check_of_node, region, check_of_region}) {
    add_reach(*command, options);
    add_node_choices(*command, options);
    add_run_choices(*command, options);
    const bool of_node = command == node || command == check_of_node;
    command->footer(fmt::format(
        "{}{}", of_node ? scale_out_node_examples : scale_out_region_examples, exit_codes));
  }
  add_change(*node, options);
  add_change(*region, options);

  CLI::App* runs =
      leaf(app, "runs", "list runs, or show one", [](const Options& parsed, Output& output) {
        return parsed.run.empty() ? list_runs(parsed, output) : show_run(parsed, output);
      });
  runs->add_option("RUN", options.run, "a run's id, its beginning, or \"last\"");

  build_metadb(app, options, leaf);
  build_lock(app, options, leaf);

  CLI::App* config =
      app.add_subcommand("config", "look at config.yaml files")->require_subcommand(1);
  leaf(*config, "check", "is this a config.yaml for a scale-out?", config_check)
      ->add_option("FILE", options.file, "the file")
      ->required();
  leaf(app, "version", "which omsctl this is", [](const Options&, Output& output) {
    return show_version(output);
  });
}

std::unique_ptr<Output> make_output(const Options& options) {
  return options.json ? make_json_output() : make_human_output(!options.no_color);
}

}  // namespace

std::filesystem::path state_directory(const Options& options) {
  return options.state_dir.empty() ? run::default_state_directory()
                                   : std::filesystem::path(options.state_dir);
}

int run_command_line(int argc, const char* const* argv) {
  Options options;
  Command command;
  CLI::App app{overview, "omsctl"};
  build(app, options, command);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const bool asked_for_help = error.get_exit_code() == 0;
    // What was typed is said again there: nothing of it may drive the terminal.
    std::ostringstream out;
    std::ostringstream err;
    (void)app.exit(error, out, err);
    std::cout << base::printable_lines(out.str()) << std::flush;
    std::cerr << base::printable_lines(err.str());
    return asked_for_help ? 0 : base::exit_code(base::Code::usage);
  }
  const auto output = make_output(options);
  try {
    return command(options, *output);
  } catch (const base::Error& error) {
    output->error(error);
    const int code = base::exit_code(error.code());
    output->result(code, "");
    return code;
  }
}

}  // namespace omsctl::cli
