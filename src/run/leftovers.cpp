#include "leftovers.hpp"

#include <fmt/format.h>

#include "omsctl/base/error.hpp"
#include "omsctl/base/lists.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/metadb/database.hpp"
#include "omsctl/metadb/quote.hpp"
#include "omsctl/metadb/rows.hpp"

#include "files_to_host.hpp"

namespace omsctl::run {
namespace {

using metadb::Database;

constexpr unsigned no_such_table = 1146;  // ER_NO_SUCH_TABLE

/// Hosts with a heartbeat there that are none of `nodes`.
std::vector<std::string> strangers(Database& database, const plan::DropHeartbeats& action) {
  std::vector<std::string> hosts;
  try {
    const metadb::Rows rows = database.query("SELECT DISTINCT host_ip FROM " +
                                             metadb::quote_name(action.database, "heart_beat"));
    for (const metadb::Row& row : rows.rows)
      if (!base::contains(action.nodes, row.at(0).value_or("NULL")))
        hosts.push_back(row.at(0).value_or("NULL"));
  } catch (const metadb::DatabaseError& error) {
    if (error.number() != no_such_table)
      throw;
  }
  return hosts;
}

bool exists(Database& database, const std::string& name) {
  return database
      .value("SELECT 1 FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = " +
             metadb::quote_text(name))
      .has_value();
}

}  // namespace

void drop_heartbeats(const plan::DropHeartbeats& action,
                     Workbench& bench,
                     const StepContext& step) {
  Database database = Database::connect(bench.endpoint);
  if (!exists(database, action.database))
    return;
  const std::string statement = "DROP DATABASE " + metadb::quote_name(action.database);
  const std::vector<std::string> others = strangers(database, action);
  if (!others.empty())
    throw base::Error(base::Code::stopped,
                      fmt::format("{} has heartbeats of {}, which this run did not add: it stays",
                                  action.database,
                                  base::printable(base::join(others, ", "))),
                      "when nobody needs it: " + statement);
  check_lease(bench, step);
  database.execute(statement);
}

void tell_leftovers(const plan::TellLeftovers& action, Workbench& bench, const StepContext& step) {
  Database database = Database::connect(bench.endpoint);
  std::string count;
  try {
    count = database.value(action.sql).value_or("0");
  } catch (const metadb::DatabaseError& error) {
    if (error.number() != no_such_table)
      throw;
    return;
  }
  if (count != "0")
    step.note(fmt::format(
        "not undone: {} {}; they do no harm, and go with: {}", count, action.says, action.by_hand));
}

}  // namespace omsctl::run
