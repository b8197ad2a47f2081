/// The four tables that a run touches, as the MetaDB describes them. Private to this room.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "omsctl/facts/facts.hpp"
#include "omsctl/metadb/database.hpp"

namespace omsctl::facts {

/// Whether they exist, columns, triggers, and what this user may not do with them. Throws
/// Error{database}.
[[nodiscard]] std::vector<TableFacts> describe_tables(metadb::Database& database,
                                                      const oms::Databases& names);

/// A value as text; empty for NULL.
[[nodiscard]] std::string text_of(const std::optional<std::string>& value);

/// The first column of the answer. Throws Error{database}.
[[nodiscard]] std::vector<std::string> column_of(metadb::Database& database,
                                                 const std::string& sql);

}  // namespace omsctl::facts
