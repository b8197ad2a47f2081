#include "omsctl/metadb/rows.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>

#include <fmt/format.h>

#include "omsctl/base/error.hpp"

namespace omsctl::metadb {
namespace {

char lower(char c) {
  return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

bool same_name(std::string_view left, std::string_view right) {
  return std::ranges::equal(left, right, {}, lower, lower);
}

}  // namespace

std::size_t Rows::index(std::string_view column) const {
  const auto found = std::ranges::find_if(
      columns, [column](const std::string& name) { return same_name(name, column); });
  if (found == columns.end())
    throw base::Error(base::Code::database,
                      fmt::format("the MetaDB's answer has no column \"{}\"", column));
  return static_cast<std::size_t>(found - columns.begin());
}

bool Rows::has(std::string_view column) const {
  return std::ranges::any_of(columns,
                             [column](const std::string& name) { return same_name(name, column); });
}

}  // namespace omsctl::metadb
