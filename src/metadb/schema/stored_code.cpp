#include "omsctl/metadb/schema/stored_code.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "omsctl/metadb/quote.hpp"
#include "omsctl/metadb/rows.hpp"
#include "omsctl/metadb/schema/table.hpp"

namespace omsctl::metadb {
namespace {

bool is_word_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}

char lower(char c) {
  return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

/// "SELECT, INSERT (`a`, `b`), TRIGGER" has TRIGGER, and not INSERT: that is for two columns only.
bool lists(std::string_view privileges, std::string_view privilege) {
  while (!privileges.empty()) {
    const std::size_t comma = std::min(privileges.find(", "), privileges.size());
    if (privileges.substr(0, comma) == privilege)
      return true;
    privileges.remove_prefix(std::min(comma + 2, privileges.size()));
  }
  return false;
}

}  // namespace

std::string describe(const TriggerName& trigger) {
  return fmt::format("{} ({} {})", trigger.name, trigger.timing, trigger.event);
}

std::vector<TriggerName> triggers_of(Database& database,
                                     const std::string& schema,
                                     const std::string& table) {
  const Rows rows = database.query(fmt::format(
      "SELECT EVENT_OBJECT_TABLE, TRIGGER_NAME, ACTION_TIMING, EVENT_MANIPULATION FROM "
      "information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = {} AND EVENT_OBJECT_TABLE = {} "
      "ORDER BY TRIGGER_NAME",
      quote_text(schema),
      quote_text(table)));
  std::vector<TriggerName> triggers;
  for (const Row& row : rows_named(database, rows, "EVENT_OBJECT_TABLE", table))
    triggers.push_back({row.at(1).value_or(""), row.at(2).value_or(""), row.at(3).value_or("")});
  return triggers;
}

bool has_word(std::string_view text, std::string_view word) {
  std::string in(text);
  std::string wanted(word);
  std::ranges::transform(in, in.begin(), lower);
  std::ranges::transform(wanted, wanted.begin(), lower);
  for (std::size_t at = in.find(wanted); at != std::string::npos; at = in.find(wanted, at + 1)) {
    const std::size_t end = at + wanted.size();
    if ((at == 0 || !is_word_character(in[at - 1])) &&
        (end == in.size() || !is_word_character(in[end])))
      return true;
  }
  return false;
}

std::vector<std::string> events_naming(Database& database,
                                       const std::string& schema,
                                       const std::vector<std::string>& tables) {
  std::vector<std::string> names;
  try {
    const Rows rows = database.query(
        "SELECT EVENT_SCHEMA, EVENT_NAME, EVENT_DEFINITION FROM information_schema.EVENTS WHERE "
        "EVENT_SCHEMA = " +
        quote_text(schema) + " ORDER BY EVENT_NAME");
    for (const Row& row : rows_named(database, rows, "EVENT_SCHEMA", schema))
      if (std::ranges::any_of(tables, [&](const std::string& table) {
            return has_word(row.at(2).value_or(""), table);
          }))
        names.push_back(row.at(1).value_or(""));
  } catch (const DatabaseError& error) {
    // Older OceanBase tenants lack the view, and the thing.
    if (error.lost() || !database.is_oceanbase())
      throw;
  }
  return names;
}

bool grants(const std::vector<std::string>& lines,
            const std::string& privilege,
            const std::string& schema) {
  return std::ranges::any_of(lines, [&](const std::string& line) {
    const std::size_t on = line.find(" ON ");
    if (!line.starts_with("GRANT ") || on == std::string::npos)
      return true;
    const std::string_view what = std::string_view(line).substr(6, on - 6);
    const std::string where = line.substr(on + 4, line.rfind(" TO ") - on - 4);
    const std::string all_of_it = quote_name(schema) + ".*";
    const bool pattern = where.find_first_of("%\\") != std::string::npos;
    const bool here =
        where == "*.*" || pattern ||
        std::ranges::equal(where, all_of_it, [](char a, char b) { return lower(a) == lower(b); });
    return here && (what == "ALL" || lists(what, "ALL PRIVILEGES") || lists(what, privilege));
  });
}

std::vector<std::string> blind_spots(Database& database, const std::string& schema) {
  std::vector<std::string> missing;
  // OceanBase lists privileges in other words, and its older tenants know neither of the two.
  if (database.is_oceanbase())
    return missing;
  std::vector<std::string> lines;
  for (const Row& row : database.query("SHOW GRANTS").rows)
    lines.push_back(row.at(0).value_or(""));
  for (const char* privilege : {"TRIGGER", "EVENT"})
    if (!grants(lines, privilege, schema))
      missing.emplace_back(privilege);
  return missing;
}

}  // namespace omsctl::metadb
