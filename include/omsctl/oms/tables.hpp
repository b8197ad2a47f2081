/// The four tables that the guide names: which rows belong to a region, and the questions that
/// omsctl asks of them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "omsctl/metadb/row_set.hpp"

namespace omsctl::oms {

/// The databases' names in one deployment.
struct Databases {
  std::string rm;
  std::string cm;
  std::string heartbeat;
};

/// A region, as its row in cluster_info says (oms §2).
struct RegionRow {
  std::string code;  ///< cm_location, as text
  std::string region;
  std::string region_cn;
  std::string cm_url;
  bool is_default = false;
};

struct GroupRow {
  std::string id;
  std::string name;  ///< a region's code
};

struct HostRow {
  std::string ip;
  std::string status;
  std::string group_id;
};

/// A column of location_cm that holds regions' codes, in whatever sense; nobody outside the vendor
/// knows its name.
struct LocationColumn {
  std::string name;
  std::uint64_t rows_of_region = 0;
  std::uint64_t rows_of_others = 0;
  std::uint64_t rows_of_none = 0;     ///< NULL or no region's code
  std::vector<std::string> codes{};   ///< of regions, that it holds
  std::vector<std::string> others{};  ///< values that are no region's code; one more than
                                      ///< most_outside_values when there are too many
  bool has_null = false;
  bool counts = false;            ///< AUTO_INCREMENT: its numbers are nobody's codes
  std::string same_as{};          ///< an earlier column by which the same rows are a region's
  std::string contradicted_by{};  ///< a column that names another region in the same row
};

/// More values of no region than this are not listed one by one.
inline constexpr std::size_t most_outside_values = 100;

/// What the scope is decided on.
struct TablesView {
  std::vector<RegionRow> regions;
  std::vector<GroupRow> groups;
  std::vector<HostRow> hosts;
  std::uint64_t location_rows = 0;
  std::vector<LocationColumn>
      location_columns;  ///< candidates: at least one row holds a region's code
};

/// `column` equals `text` byte for byte, whatever the column's type: a bare `name = 0` matches
/// every name that is no number.
[[nodiscard]] std::string equals_text(const std::string& column, const std::string& text);
[[nodiscard]] std::string in_texts(const std::string& column,
                                   const std::vector<std::string>& texts);

/// The questions of the proofs, one statement each, for plans and for a person to paste.
[[nodiscard]] std::string cluster_info_query(const Databases& databases, const std::string& code);
/// cm_url, code, region and default flag of region `code`.
[[nodiscard]] std::string region_query(const Databases& databases, const std::string& code);
[[nodiscard]] std::string hosts_query(const Databases& databases, const std::string& code);
[[nodiscard]] std::string host_status_query(const Databases& databases,
                                            const std::vector<std::string>& nodes);
[[nodiscard]] std::string heartbeat_query(const Databases& databases,
                                          const std::vector<std::string>& nodes);

/// What a run for region `code` must leave alone (design §5.3, "unchanged"): the other regions'
/// rows, in the columns that nobody else writes meanwhile. `columns`: all of cluster_info.
struct UnchangedRows {
  std::string table;
  std::string query;
};
[[nodiscard]] std::vector<UnchangedRows> rows_of_others(const Databases& databases,
                                                        const std::string& code,
                                                        const std::vector<std::string>& nodes,
                                                        const std::vector<std::string>& columns);

}  // namespace omsctl::oms
