/// A list of config.yaml turned into another one, in its own style. Private to this room.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "source_text.hpp"

namespace omsctl::config {

/// For each of `wanted` the index of the item of `present` that becomes it, or npos for a new one.
[[nodiscard]] std::vector<std::size_t> matched(const std::vector<YamlNode>& present,
                                               const std::vector<std::string>& wanted);

/// Turns the list `node` into `wanted`: items that stay keep their bytes, new ones look like the
/// first.
[[nodiscard]] std::vector<Replacement> edit_block_list(const SourceText& source,
                                                       const YamlNode& node,
                                                       const std::vector<std::string>& wanted);
[[nodiscard]] std::vector<Replacement> edit_flow_list(const SourceText& source,
                                                      const YamlNode& node,
                                                      const std::vector<std::string>& wanted);

}  // namespace omsctl::config
