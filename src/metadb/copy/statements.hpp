/// SQL texts of a dump taken apart as the stock mysql client does it.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace omsctl::metadb {

/// The statements of `sql`, without their delimiters: quotes, comments and DELIMITER lines are
/// understood.
[[nodiscard]] std::vector<std::string> statements_of(std::string_view sql);

/// A CREATE TABLE statement for scratch databases: a foreign key that points into a database of
/// `renamed` points into the one it maps to; one that points into any other is left out, since it
/// would hold on to real rows.
struct Moved {
  std::string statement;
  std::vector<std::string> left_out;  ///< "`parent_db`.`parent`"
};
[[nodiscard]] Moved moved(std::string_view create_table,
                          const std::map<std::string, std::string>& renamed);

}  // namespace omsctl::metadb
