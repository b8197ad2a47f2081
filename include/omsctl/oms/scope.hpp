/// Which rows of the four tables are a region's.
#pragma once

#include <string>
#include <vector>

#include "omsctl/metadb/row_set.hpp"
#include "omsctl/oms/tables.hpp"

namespace omsctl::oms {

/// What to do with rows that belong to no region (design §6).
enum class OutsideRows { refuse, keep, clear };

/// Why a scope cannot be decided.
struct Obstacle {
  std::string what;
  std::string fix;
};

/// Rows to back up and clear for one region, parents before children; and what stands in the way.
struct Scope {
  std::vector<metadb::RowSet> sets;
  std::vector<std::string> outside;  ///< rows that belong to no region, one line each
  std::vector<Obstacle> obstacles;
};

/// Decides the scope of region `code` with existing nodes `nodes`. It holds no row of another
/// region, and none that comes later and belongs to one: it names what it takes, never what it
/// leaves.
[[nodiscard]] Scope decide_scope(const TablesView& view,
                                 const Databases& databases,
                                 const std::string& code,
                                 const std::vector<std::string>& nodes,
                                 OutsideRows outside,
                                 const std::string& location_column);

/// Rows of the four tables that are a region's, by today's ids: what docker_init.sh has written
/// under new ones is among them, and the rows of all `nodes`. `scope` as decide_scope() gave it.
[[nodiscard]] std::vector<metadb::RowSet> rows_by_todays_ids(
    const std::vector<metadb::RowSet>& scope,
    const Databases& databases,
    const std::vector<std::string>& nodes);

/// The rows that a region will have that is not there yet. Nobody outside the vendor knows
/// location_cm: its rows are those that hold the region's cm_url in any of `location_columns`.
[[nodiscard]] std::vector<metadb::RowSet> rows_of_new_region(
    const Databases& databases,
    const std::string& code,
    const std::string& cm_url,
    const std::vector<std::string>& nodes,
    const std::vector<std::string>& location_columns);

}  // namespace omsctl::oms
