#include "omsctl/cli/app.hpp"

#include <iostream>
#include <sstream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "omsctl/base/error.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/run/store/directory.hpp"

#include "attach.hpp"
#include "command_options.hpp"
#include "inspect.hpp"
#include "lock.hpp"
#include "metadb.hpp"
#include "resume.hpp"
#include "rollback.hpp"
#include "scale_out.hpp"
#include "unknown_word.hpp"

namespace omsctl::cli {
namespace {

using Command = std::function<int(const Options&, Output&)>;

constexpr const char* overview =
    "Scales out OceanBase Migration Service (OMS) Community Edition.\n\n"
    "Examples:\n"
    "  omsctl check node -c config.yaml                 is everything ready?\n"
    "  omsctl scale-out node -c config.yaml --dry-run   what would be done, command by command\n"
    "  omsctl scale-out node -c config.yaml             do it\n"
    "  omsctl scale-out region -c region.yaml           a further region\n"
    "  omsctl runs last                                 what the last run did\n"
    "  omsctl resume last                               go on where it stopped\n"
    "  omsctl rollback last                             go back\n"
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
    "Exit codes: 0 done or nothing to do, 1 a defect in omsctl, 2 usage, 3 config file, 4 refused "
    "(nothing changed),\n"
    "5 stopped midway, 6 rollback incomplete, 7 verification failed, 8 locked or another run "
    "unfinished,\n"
    "9 the plan no longer fits, 130 interrupted.\n";

using Leaf = std::function<CLI::App*(CLI::App& parent, const char*, const char*, Command)>;

/// Commands that take up a run.
void build_saved_runs(CLI::App& app, Options& options, const Leaf& leaf) {
  CLI::App* going_on = leaf(app, "resume", "continue a run that stopped midway", resume);
  CLI::App* going_back = leaf(app, "rollback", "take back what a run has done", rollback);
  CLI::App* watching = leaf(app, "attach", "follow a run that another process works on", attach);
  for (CLI::App* command : {going_on, going_back, watching}) {
    add_run(*command, options);
    command->footer(std::string("\n") + exit_codes);
  }
  for (CLI::App* command : {going_on, going_back}) {
    add_ways(*command, options);
    add_change(*command, options);
    add_from_copy(*command, options);
  }
  add_dry_run(*going_back, options);
  CLI::Option* accept = going_on->add_flag(
      "--accept-init",
      options.accept_init,
      "a docker_init.sh that ended well but without its known last line has worked");
  going_on
      ->add_flag("--rerun-init",
                 options.rerun_init,
                 "start a docker_init.sh that has failed once more; the vendor calls it "
                 "repeatable in one place and not in another")
      ->excludes(accept);
}

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
  add_dry_run(*restore, options);
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

void build_scale_out(CLI::App& app, Options& options, const Leaf& leaf) {
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
  for (CLI::App* command : {node, region}) {
    add_dry_run(*command, options);
    add_change(*command, options);
    command
        ->add_option_function<std::string>(
            "--on-failure",
            [&options](const std::string& what) {
              options.rollback_on_failure = what == "rollback";
            },
            "when the run stops midway: stop or rollback (default: stop)")
        ->type_name("WHAT")
        ->check(CLI::IsMember({"stop", "rollback"}));
  }
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

  build_scale_out(app, options, leaf);
  build_saved_runs(app, options, leaf);

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
    if (const std::string unknown = unknown_word(app, error); !unknown.empty())
      err << unknown << "\nRun with --help for more information.\n";
    else
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
