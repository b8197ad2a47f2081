#include "metadb_words.hpp"

#include <fmt/format.h>

#include "omsctl/base/text.hpp"
#include "omsctl/metadb/copy/snapshot.hpp"

namespace omsctl::cli {

std::string words(const CopyReport& copy) {
  return fmt::format("{:<26}  {}  {:<10}  region {} of {}  {} ({}): {}, {}{}",
                     copy.id,
                     copy.taken.empty() ? "?" : copy.taken.substr(0, 19) + "Z",
                     copy.complete ? "complete" : "unfinished",
                     copy.region.empty() ? "?" : copy.region,
                     copy.deployment.empty() ? "?" : copy.deployment,
                     base::join(copy.holds, " and "),
                     copy.kind,
                     base::count_of(copy.rows, "row"),
                     base::human_size(copy.bytes),
                     copy.problem.empty() ? "" : ": " + copy.problem);
}

std::string words(const std::string& part, const metadb::FileCheck& check) {
  return fmt::format(
      "  {}  {}/{}  {}{}",
      check.problem.empty() ? "ok  " : "FAIL",
      part,
      check.file,
      check.rows == 0
          ? base::human_size(check.bytes)
          : fmt::format("{}, {}", base::count_of(check.rows, "row"), base::human_size(check.bytes)),
      check.problem.empty() ? "" : ": " + check.problem);
}

std::string words(const metadb::DrilledTable& table) {
  return fmt::format("  {}  {}  {} restored{}",
                     table.problem.empty() ? "ok  " : "FAIL",
                     table.name,
                     base::count_of(table.rows, "row"),
                     table.problem.empty() ? ", equal" : ": " + table.problem);
}

std::string words(const metadb::RowChanges& changes) {
  using Kind = metadb::RowChange::Kind;
  const std::string name = changes.database + "." + changes.table;
  if (changes.none())
    return fmt::format("  {}: {}, equal", name, base::count_of(changes.saved, "row"));
  if (changes.references_only)
    return fmt::format(
        "  {}: {} set as they were", name, base::count_of(changes.changed, "reference"));
  if (changes.keyless)
    return fmt::format("  {}: no key to tell rows apart: {} deleted, the saved {} inserted",
                       name,
                       base::count_of(changes.strangers, "row"),
                       changes.saved);
  std::string text = fmt::format("  {}: {} to insert, {} to set back, {} to delete",
                                 name,
                                 changes.missing,
                                 changes.changed,
                                 changes.strangers);
  for (const metadb::RowChange& row : changes.examples)
    text += fmt::format("\n    {} {}{}",
                        row.kind == Kind::inserted  ? "insert"
                        : row.kind == Kind::updated ? "set   "
                                                    : "delete",
                        row.key,
                        row.columns.empty() ? "" : ": " + base::join(row.columns, ", "));
  if (const auto more = changes.missing + changes.changed + changes.strangers;
      more > changes.examples.size())
    text += fmt::format("\n    … and {} more", more - changes.examples.size());
  return text;
}

std::string words(const std::optional<LockReport>& lock) {
  if (!lock)
    return "nobody holds this deployment";
  const metadb::LeaseRecord& lease = lock->lease;
  return fmt::format(
      "run        {}\ncommand    {}\nholder     {} on {}\nsince      {}\nlast step  {}\n"
      "renewed    {}\nchanged    {}\nstate      {}\nnext       {}",
      lease.run,
      lease.command,
      lease.holder,
      lease.host,
      lease.since,
      lease.last_step.empty() ? "none yet" : lease.last_step,
      lease.expired ? "no, for more than a minute" : "yes, within the last minute",
      lease.changed ? "yes: something may be half done" : "nothing yet",
      lock->state,
      lock->next);
}

}  // namespace omsctl::cli
