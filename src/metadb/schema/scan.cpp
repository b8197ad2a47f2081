#include "omsctl/metadb/schema/scan.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "omsctl/metadb/quote.hpp"

namespace omsctl::metadb {

std::size_t end_of_quoted(std::string_view sql, std::size_t start) {
  const char quote = sql[start];
  for (std::size_t i = start + 1; i < sql.size(); ++i) {
    if (sql[i] == '\\' && quote != '`')
      ++i;
    else if (sql[i] == quote)
      return i;
  }
  return sql.size();
}

namespace {

/// What follows the closing parenthesis of the column list.
std::string_view table_options(std::string_view sql) {
  int depth = 0;
  for (std::size_t i = 0; i < sql.size(); ++i) {
    if (sql[i] == '`' || sql[i] == '\'' || sql[i] == '"')
      i = end_of_quoted(sql, i);
    else if (sql[i] == '(')
      ++depth;
    else if (sql[i] == ')' && --depth == 0)
      return sql.substr(i + 1);
  }
  return {};
}

bool starts_with_word(std::string_view sql, std::string_view upper_case_word) {
  return sql.size() > upper_case_word.size() &&
         std::ranges::equal(sql.substr(0, upper_case_word.size()), upper_case_word, {}, [](char c) {
           return static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
         });
}

std::string_view skip_space(std::string_view sql) {
  return sql.substr(std::min(sql.find_first_not_of(" \t\r\n"), sql.size()));
}

}  // namespace

std::optional<std::uint64_t> auto_increment_of(std::string_view create_table) {
  constexpr std::string_view word = "AUTO_INCREMENT";
  std::string_view options = table_options(create_table);
  // Behind it comes what may quote anything: COMMENT='AUTO_INCREMENT=1'.
  options = options.substr(0, options.find('\''));
  const std::size_t at = options.find(word);
  if (at == std::string_view::npos)
    return std::nullopt;
  options.remove_prefix(at + word.size());
  options.remove_prefix(std::min(options.find_first_not_of(" ="), options.size()));
  std::uint64_t number = 0;
  const auto parsed = std::from_chars(options.data(), options.data() + options.size(), number);
  return parsed.ec == std::errc{} ? std::optional(number) : std::nullopt;
}

std::optional<std::string> delete_rule_of(std::string_view create_table,
                                          std::string_view constraint) {
  // Text in quotes has no line breaks here: the server shows them as escapes.
  const std::string start = "\n  CONSTRAINT " + quote_name(constraint) + " FOREIGN KEY ";
  const std::size_t at = create_table.find(start);
  if (at == std::string_view::npos)
    return std::nullopt;
  std::string_view rest = create_table.substr(at + start.size());
  for (std::size_t i = 0; i < rest.size() && rest[i] != '\n'; ++i) {
    if (rest[i] == '`')
      i = end_of_quoted(rest, i);
    else if (rest.substr(i).starts_with("ON DELETE "))
      for (const std::string_view rule : {"CASCADE", "SET NULL", "SET DEFAULT", "NO ACTION"})
        if (rest.substr(i + 10).starts_with(rule))
          return std::string(rule);
  }
  return "RESTRICT";
}

std::optional<std::string_view> trigger_body(std::string_view create_trigger) {
  for (std::size_t i = 0; i < create_trigger.size(); ++i) {
    const char c = create_trigger[i];
    if (c == '`' || c == '\'' || c == '"') {
      i = end_of_quoted(create_trigger, i);
      continue;
    }
    std::string_view rest = create_trigger.substr(i);
    if (!starts_with_word(rest, "FOR"))
      continue;
    rest = skip_space(rest.substr(3));
    if (!starts_with_word(rest, "EACH"))
      continue;
    rest = skip_space(rest.substr(4));
    if (starts_with_word(rest, "ROW"))
      return rest.substr(3);
  }
  return std::nullopt;
}

}  // namespace omsctl::metadb
