/// The SQL around the rows: session settings, CREATE TABLE, triggers, views.
#pragma once

#include <string>
#include <vector>

#include "omsctl/metadb/database.hpp"
#include "omsctl/metadb/schema/table.hpp"

namespace omsctl::metadb {

/// Settings that make a client's session read our literals as they are meant. `unchecked_keys`: a
/// foreign key points at what is loaded later or not at all, so the client must not check them.
[[nodiscard]] std::string session_settings(bool unchecked_keys);

/// A trigger as the server shows it.
struct Trigger {
  std::string name;
  std::string statement;
  std::string sql_mode;
  std::string connection_collation;
};

[[nodiscard]] std::vector<Trigger> read_triggers(Database& database, const Table& table);

/// CREATE TRIGGER for the mysql client, under a delimiter that no trigger contains, in the settings
/// each was made with.
[[nodiscard]] std::string create_triggers(const std::vector<Trigger>& triggers);
[[nodiscard]] std::string drop_triggers(const std::vector<Trigger>& triggers);

}  // namespace omsctl::metadb
