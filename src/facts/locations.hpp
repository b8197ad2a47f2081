/// Which column of location_cm tells the regions apart.
#pragma once

#include <string>

#include "omsctl/facts/facts.hpp"
#include "omsctl/metadb/database.hpp"

namespace omsctl::facts {

/// Fills view.location_rows and view.location_columns. Columns are looked at only where several
/// regions share the table.
void read_locations(metadb::Database& database,
                    const oms::Databases& names,
                    const std::string& code,
                    MetadbFacts& facts);

}  // namespace omsctl::facts
