/// Columns of every type that MariaDB 10.11 has, each with random values.
#pragma once

#include <string>
#include <vector>

#include "metadb/random_values.hpp"

namespace omsctl::metadb {

struct TypedColumn {
  std::string definition;
  std::string (*value)(Values&);

  /// How `name` is read with all its digits, and by its number where '' may be a member.
  [[nodiscard]] std::string read(const std::string& name) const;
};

[[nodiscard]] const std::vector<TypedColumn>& every_type();

}  // namespace omsctl::metadb
