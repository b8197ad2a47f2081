#include <algorithm>

#include <fmt/format.h>

#include "omsctl/base/error.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/cli/output/dump_progress.hpp"
#include "omsctl/metadb/copy/drill.hpp"
#include "omsctl/metadb/copy/snapshot.hpp"
#include "omsctl/run/interrupt.hpp"

#include "copies.hpp"
#include "metadb.hpp"
#include "metadb_access.hpp"

namespace omsctl::cli {
namespace {

using base::Code;
using base::Error;

/// Every file of every part, told one by one. False when one differs.
bool files_hold(const Copy& copy, Output& output) {
  bool hold = true;
  for (const Copy::Part& part : copy.parts) {
    try {
      for (const metadb::FileCheck& check : metadb::check_copy(part.directory)) {
        output.copy_file(part.name, check);
        hold = hold && check.problem.empty();
      }
    } catch (const Error& error) {
      output.copy_file(part.name, {.file = "manifest.json", .problem = error.what()});
      hold = false;
    }
  }
  return hold;
}

/// The dump restored into scratch databases. False when a table differs.
bool drill_holds(const Options& options, const Copy& copy, Output& output) {
  const Copy::Part* full = copy.part("full");
  if (full == nullptr)
    throw Error(Code::usage,
                fmt::format("{} holds no full dump, which a drill restores", copy.report.id),
                "omsctl metadb list shows which do");
  const run::Interrupts interrupts;
  remote::Fleet fleet(options.reach);
  const MetadbAccess access = reach_metadb(options, output, fleet);
  const DumpProgress progress(output, interrupts.token(), {});
  output.say(fmt::format("restoring it into databases called {}… on {}",
                         metadb::scratch_prefix,
                         access.endpoint.host));
  const metadb::Drilled drilled =
      metadb::drill(access.endpoint, full->directory, progress.callback());
  for (const std::string& note : drilled.notes)
    output.say("note: " + note);
  bool equal = true;
  for (const metadb::DrilledTable& table : drilled.tables) {
    output.drilled_table(table);
    equal = equal && table.problem.empty();
  }
  return equal;
}

}  // namespace

int metadb_list(const Options& options, Output& output) {
  const auto state = state_directory(options);
  const std::vector<Copy> copies = list_copies(state);
  for (const Copy& copy : copies)
    output.copy(copy.report);
  output.result(0,
                copies.empty() ? fmt::format("no copies in {}: omsctl metadb backup -c config.yaml "
                                             "makes one",
                                             state.string())
                               : "");
  return 0;
}

int metadb_verify(const Options& options, Output& output) {
  const Copy copy = find_copy(state_directory(options), options.copy);
  const auto differs = [&](const std::string& how) {
    output.result(base::exit_code(Code::unverified), how);
    return base::exit_code(Code::unverified);
  };
  if (!files_hold(copy, output))
    return differs(fmt::format(
        "{} cannot be relied on; see which others there are: omsctl metadb list", copy.report.id));
  if (options.drill && !drill_holds(options, copy, output))
    return differs(
        fmt::format("{} does not restore to what was dumped; take a new copy: omsctl "
                    "metadb backup",
                    copy.report.id));
  output.result(0,
                fmt::format("{}: every file and row is what was saved{}",
                            copy.report.id,
                            options.drill ? ", and it restores to it" : ""));
  return 0;
}

}  // namespace omsctl::cli
