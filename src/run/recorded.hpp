/// What the MetaDB answered once, kept in the run's directory, and compared with its answer later.
/// Private to this room.
#pragma once

#include <string>

#include "omsctl/run/actions.hpp"

namespace omsctl::run {

void record_sql(const plan::RecordSql& action, Workbench& bench);

/// `evidence`: the rows that differ, with "-" those that are gone and with "+" those that came.
[[nodiscard]] bool is_as_recorded(const plan::SqlAsRecorded& probe,
                                  Workbench& bench,
                                  std::string& evidence);

}  // namespace omsctl::run
