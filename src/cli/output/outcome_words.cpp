#include "outcome_words.hpp"

#include <fmt/format.h>

#include "omsctl/base/text.hpp"
#include "omsctl/run/store/next_command.hpp"

namespace omsctl::cli {
namespace {

/// A rollback that has only looked: the run stands where it stood.
bool only_looked(const RunReport& report) {
  using run::Where;
  return report.back && report.standing.where != Where::going_back &&
         report.standing.where != Where::rolled_back &&
         report.standing.where != Where::rollback_incomplete;
}

}  // namespace

std::string done_of(const RunReport& report) {
  if (report.back)
    return "Rolled back: rows, files, containers and programs are as they were before the run";
  return fmt::format("Done: {} proven behind {}",
                     base::count_of(report.nodes, "node"),
                     base::printable(report.cm_url));
}

std::string state_of(const RunReport& report) {
  if (only_looked(report))
    return "rollback is not possible: nothing was changed by this rollback";
  return report.standing.says();
}

std::string next_of(const RunReport& report) {
  return fmt::format("Next: {}\n",
                     only_looked(report)
                         ? "fix the cause, then " + run::to_type("rollback", report.directory)
                         : report.standing.next);
}

}  // namespace omsctl::cli
