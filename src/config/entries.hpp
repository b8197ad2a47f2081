/// The top-level entries of a config.yaml, also of one whose YAML is broken in places.
#pragma once

#include <map>
#include <set>
#include <string>

#include "document.hpp"
#include "problems.hpp"

namespace omsctl::config {

/// What could be read. A key whose lines are broken is in `broken`: not missing, but without a
/// value.
struct Entries {
  std::map<std::string, YamlNode> values;
  std::map<std::string, Place> keys;
  std::set<std::string> broken;
};

/// Reads `text` and reports every mistake of form in it: a broken entry does not hide those below
/// it.
[[nodiscard]] Entries read_entries(const std::string& text, Problems& findings);

}  // namespace omsctl::config
