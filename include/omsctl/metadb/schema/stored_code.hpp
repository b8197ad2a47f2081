/// Code that lives in the server and acts on tables, and whether this user may see it.
#pragma once

#include <string>
#include <vector>

#include "omsctl/metadb/database.hpp"

namespace omsctl::metadb {

struct TriggerName {
  std::string name;
  std::string timing;  ///< BEFORE, AFTER
  std::string event;   ///< INSERT, UPDATE, DELETE
};

/// "shout (BEFORE INSERT)"
[[nodiscard]] std::string describe(const TriggerName& trigger);

/// Triggers of a table that this user may see (TRIGGER).
[[nodiscard]] std::vector<TriggerName> triggers_of(Database& database,
                                                   const std::string& schema,
                                                   const std::string& table);

/// Names of the schema's events that this user may see (EVENT) and whose text names one of
/// `tables`.
[[nodiscard]] std::vector<std::string> events_naming(Database& database,
                                                     const std::string& schema,
                                                     const std::vector<std::string>& tables);

/// Whether `text` has `word` as a word of its own, in any case.
[[nodiscard]] bool has_word(std::string_view text, std::string_view word);

/// Whether the lines of SHOW GRANTS give `privilege` on all of `schema`. A role's line, or a
/// pattern, counts as yes: what is behind it is not listed.
[[nodiscard]] bool grants(const std::vector<std::string>& lines,
                          const std::string& privilege,
                          const std::string& schema);

/// Of TRIGGER and EVENT, those without which this user does not see what there is in `schema`.
[[nodiscard]] std::vector<std::string> blind_spots(Database& database, const std::string& schema);

}  // namespace omsctl::metadb
