#include <algorithm>
#include <cctype>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "omsctl/base/json.hpp"
#include "omsctl/metadb/copy/sections.hpp"
#include "omsctl/metadb/quote.hpp"

namespace omsctl::metadb {
namespace {

constexpr std::string_view text_mark = "-- omsctl text ";
constexpr std::string_view rows_mark = "-- omsctl rows ";
constexpr std::string_view rows_end_mark = "-- omsctl rows end ";
constexpr std::string_view end_mark = "-- omsctl end";
constexpr std::string_view generated_mark = ") /*";

nlohmann::json json_after(const CopyReader& source, std::string_view line, std::string_view mark) {
  auto json = base::try_json(line.substr(mark.size()));
  if (!json || !json->is_object())
    source.damaged("a header line is not JSON");
  return *std::move(json);
}

std::uint64_t number_in(const CopyReader& source, const nlohmann::json& header, const char* key) {
  const auto number = header.find(key);
  if (number == header.end() || !number->is_number_unsigned())
    source.damaged(fmt::format("a header line has no number \"{}\"", key));
  return number->get<std::uint64_t>();
}

/// No server has a name with a NUL byte, and no statement can quote one.
void check_names(const CopyReader& source, const Table& table) {
  const auto is_none = [](std::string_view name) {
    return name.find('\0') != std::string_view::npos;
  };
  if (is_none(table.database) || is_none(table.name) ||
      std::ranges::any_of(table.columns, is_none, &Column::name))
    source.damaged("a header line holds a name that is none");
}

RowsSection section_from(const CopyReader& source, std::string_view line) {
  const nlohmann::json header = json_after(source, line, rows_mark);
  RowsSection section;
  try {
    header.at("database").get_to(section.rows.database);
    header.at("table").get_to(section.rows.table);
    header.at("where").get_to(section.rows.where);
    if (header.contains("emptied"))
      header.at("emptied").get_to(section.rows.emptied);
    section.table.database = section.rows.database;
    section.table.name = section.rows.table;
    header.at("columns").get_to(section.table.columns);
    if (header.contains("auto_increment"))
      section.table.auto_increment = number_in(source, header, "auto_increment");
  } catch (const nlohmann::json::exception& error) {
    source.damaged(fmt::format("a header line is incomplete ({})", error.what()));
  }
  check_names(source, section.table);
  return section;
}

/// A tuple holds literals of ours and nothing else: no statement can hide in it.
bool is_tuple(std::string_view text) {
  const bool framed = text.starts_with('(') && (text.ends_with(')') || text.ends_with("*/"));
  return framed && std::ranges::all_of(text, [](char c) {
           return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                  std::string_view("(),' _-+.:*/").find(c) != std::string_view::npos;
         });
}

/// The rows of one section, up to and with its end line.
void read_rows(CopyReader& source, RowsSection& section, const EachTuple& each) {
  const std::string prefix = section.table.insert_prefix(quote_name(section.table.name)) + "\n";
  RowSum sum;
  while (!source.next_is(rows_end_mark)) {
    source.expect(prefix);
    for (bool more = true; more;) {
      std::string_view line = source.line();
      if (!line.ends_with(',') && !line.ends_with(';'))
        source.damaged("a row does not end as it was written");
      more = line.ends_with(',');
      line.remove_suffix(1);
      if (!is_tuple(line))
        source.damaged("a row is not as it was written");
      sum.add(line);
      if (each)
        each(section, line);
    }
  }
  const nlohmann::json end = json_after(source, source.line(), rows_end_mark);
  if (number_in(source, end, "rows") != sum.count())
    source.damaged("rows are missing");
  section.digest = sum.digest(section.table);
}

}  // namespace

ParsedFile parse_file(const std::filesystem::path& path,
                      const EachTuple& each,
                      const EachText& each_text) {
  CopyReader source(path);
  ParsedFile file;
  for (;;) {
    const std::string_view line = source.line();
    if (line == end_mark)
      break;
    if (line.starts_with(text_mark)) {
      const std::uint64_t bytes = number_in(source, json_after(source, line, text_mark), "bytes");
      if (each_text)
        each_text(source.text(bytes));
      else
        source.skip(bytes);
    } else if (line.starts_with(rows_mark)) {
      file.sections.push_back(section_from(source, line));
      read_rows(source, file.sections.back(), each);
    } else {
      source.damaged("it is not a file of omsctl");
    }
  }
  if (!source.at_end())
    source.damaged("something follows its end");
  file.sha256 = source.finish();
  return file;
}

std::string_view insertable(std::string_view tuple) {
  const std::size_t generated = tuple.find(generated_mark);
  return generated == std::string_view::npos ? tuple : tuple.substr(0, generated + 1);
}

std::vector<std::string_view> values_of(std::string_view tuple) {
  std::vector<std::string_view> values;
  const auto split = [&values](std::string_view list) {
    while (!list.empty()) {
      const std::size_t comma = std::min(list.find(','), list.size());
      values.push_back(list.substr(0, comma));
      list.remove_prefix(std::min(comma + 1, list.size()));
    }
  };
  const std::string_view inserted = insertable(tuple);
  split(inserted.substr(1, inserted.size() - 2));
  if (inserted.size() < tuple.size()) {
    const std::string_view generated = tuple.substr(inserted.size() + 3);
    split(generated.substr(0, generated.size() - 2));
  }
  return values;
}

}  // namespace omsctl::metadb
