#include "row_key.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "omsctl/metadb/copy/sections.hpp"
#include "omsctl/metadb/quote.hpp"

namespace omsctl::metadb {

KeyOf::KeyOf(const Table& table) {
  for (const std::string& name : table.key) {
    const auto column = std::ranges::find(table.columns, name, &Column::name);
    positions_.push_back(static_cast<std::size_t>(column - table.columns.begin()));
    names_.push_back(quote_name(name));
  }
}

std::string KeyOf::operator()(std::string_view tuple) const {
  const std::vector<std::string_view> values = values_of(tuple);
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < names_.size(); ++i)
    parts.push_back(fmt::format("{} = {}", names_[i], values.at(positions_[i])));
  return fmt::format("{}", fmt::join(parts, " AND "));
}

}  // namespace omsctl::metadb
