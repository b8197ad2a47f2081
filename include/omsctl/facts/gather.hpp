/// Finds out what is true now: hosts side by side, one script a host and phase, the MetaDB with
/// reads only.
#pragma once

#include <functional>
#include <stop_token>
#include <string>

#include "omsctl/config/settings.hpp"
#include "omsctl/facts/facts.hpp"
#include "omsctl/metadb/database.hpp"
#include "omsctl/remote/fleet.hpp"

namespace omsctl::facts {

/// Called with a line whenever a part begins: "asking 3 hosts".
using Say = std::function<void(const std::string&)>;

/// Everything about the deployment that `target` names. What cannot be found out is a fact too
/// (unreachable, absent): this throws only for an interruption (Error{interrupted}) or a defect.
[[nodiscard]] Facts gather(const Choices& choices,
                           const config::Settings& target,
                           const std::string& target_text,
                           remote::Fleet& fleet,
                           const Say& say,
                           const std::stop_token& stop = {});

/// Where the MetaDB is reached: directly, or through a unix socket that host `via` forwards.
[[nodiscard]] metadb::Endpoint endpoint_of(const config::Settings& settings,
                                           const std::string& ca_file,
                                           const std::string& via,
                                           remote::Fleet& fleet);

/// The MetaDB's part; `facts.metadb` is filled. Statements: reads of information_schema and of the
/// tables, EXPLAIN.
void gather_metadb(Facts& facts, remote::Fleet& fleet);

/// What depends on the region's rows, once its nodes are known and only where rows will be deleted;
/// `facts.metadb.dependents` is filled. Statements: reads, EXPLAIN.
void gather_dependents(Facts& facts, remote::Fleet& fleet);

/// The MetaDB's part alone, and which rows are the region's by the tables and cm_nodes: for
/// commands that need no host. `via`: "" directly, else the host to go through.
[[nodiscard]] Facts gather_rows(const Choices& choices,
                                const config::Settings& target,
                                const std::string& via,
                                remote::Fleet& fleet);

}  // namespace omsctl::facts
