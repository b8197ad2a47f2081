#include "statements.hpp"

#include <algorithm>

#include "omsctl/metadb/quote.hpp"
#include "omsctl/metadb/schema/scan.hpp"

namespace omsctl::metadb {
namespace {

constexpr std::string_view delimiter_word = "DELIMITER ";

/// Where the piece at `at` that must not be looked into ends (one behind it): a quoted one, a
/// comment, or the character alone.
std::size_t end_of_piece(std::string_view sql, std::size_t at) {
  const char c = sql[at];
  if (c == '\'' || c == '"' || c == '`')
    return std::min(end_of_quoted(sql, at) + 1, sql.size());
  if (sql.substr(at).starts_with("/*")) {
    const std::size_t end = sql.find("*/", at + 2);
    return end == std::string_view::npos ? sql.size() : end + 2;
  }
  if (c == '#' || sql.substr(at).starts_with("-- "))
    return std::min(sql.find('\n', at), sql.size());
  return at + 1;
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

/// One of the server's lines of a foreign key. A database that is named is another than the
/// table's own.
struct Reference {
  std::string database;
  std::string parent;      ///< "`db`.`table`"
  std::size_t begin = 0;   ///< of the database's name in the line
  std::size_t length = 0;  ///< with its quotes
};

std::string unquoted(std::string_view name) {
  std::string text;
  for (std::size_t i = 1; i + 1 < name.size(); ++i) {
    text += name[i];
    if (name[i] == '`')
      ++i;
  }
  return text;
}

/// The backquoted name at `at`, doubled quotes inside.
std::string_view name_at(std::string_view line, std::size_t at) {
  std::size_t end = at + 1;
  while (end < line.size() && (line[end] != '`' || (end + 1 < line.size() && line[end + 1] == '`')))
    end += line[end] == '`' ? 2U : 1U;
  return line.substr(at, end + 1 - at);
}

Reference reference_in(std::string_view line) {
  constexpr std::string_view word = " REFERENCES `";
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '`') {
      i += name_at(line, i).size() - 1;
      continue;
    }
    if (!line.substr(i).starts_with(word))
      continue;
    const std::size_t at = i + word.size() - 1;
    const std::string_view first = name_at(line, at);
    const std::size_t behind = at + first.size();
    if (behind + 1 >= line.size() || line[behind] != '.')
      return {};
    const std::string_view second = name_at(line, behind + 1);
    return {unquoted(first), std::string(first) + "." + std::string(second), at, first.size()};
  }
  return {};
}

}  // namespace

std::vector<std::string> statements_of(std::string_view sql) {
  std::vector<std::string> statements;
  std::string delimiter = ";";
  std::size_t start = 0;
  std::size_t at = 0;
  while (at < sql.size()) {
    if (is_blank(sql.substr(start, at - start)) && sql.substr(at).starts_with(delimiter_word)) {
      const std::size_t end = std::min(sql.find('\n', at), sql.size());
      const auto word = sql.substr(at + delimiter_word.size(), end - at - delimiter_word.size());
      if (!is_blank(word))  // the client says that one is missing, and keeps the old one
        delimiter = word;
      start = at = end;
    } else if (sql.substr(at).starts_with(delimiter)) {
      if (const auto statement = sql.substr(start, at - start); !is_blank(statement))
        statements.emplace_back(statement);
      start = at += delimiter.size();
    } else {
      at = end_of_piece(sql, at);
    }
  }
  if (!is_blank(sql.substr(start)))
    statements.emplace_back(sql.substr(start));
  return statements;
}

Moved moved(std::string_view create_table, const std::map<std::string, std::string>& renamed) {
  Moved result;
  std::size_t start = 0;
  while (start < create_table.size()) {
    const std::size_t end = std::min(create_table.find('\n', start), create_table.size());
    std::string line(create_table.substr(start, end - start));
    start = end + 1;
    const Reference reference =
        line.starts_with("  CONSTRAINT ") ? reference_in(line) : Reference{};
    if (!reference.database.empty()) {
      const auto scratch = renamed.find(reference.database);
      if (scratch == renamed.end()) {
        result.left_out.push_back(reference.parent);
        // The line before it ends in a comma, which the next one, if any, needs.
        if (!line.ends_with(',') && result.statement.ends_with(",\n"))
          result.statement.erase(result.statement.size() - 2, 1);
        continue;
      }
      line.replace(reference.begin, reference.length, quote_name(scratch->second));
    }
    result.statement += line;
    result.statement += '\n';
  }
  if (!create_table.ends_with('\n') && !result.statement.empty())
    result.statement.pop_back();
  return result;
}

}  // namespace omsctl::metadb
