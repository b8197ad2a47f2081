/// A config.yaml for tests, with single lines replaced, removed or added.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "omsctl/base/text.hpp"
#include "omsctl/config/settings.hpp"

namespace omsctl::config {

/// A target without mistakes; line numbers of tests count here.
inline const std::string& good_config() {
  static const std::string text =
      "oms_meta_host: 192.0.2.5\n"               // 1
      "oms_meta_port: 2883\n"                    // 2
      "oms_meta_user: oms@meta#cluster\n"        // 3
      "oms_meta_password: Kestrel-42\n"          // 4
      "drc_rm_db: oms_rm\n"                      // 5
      "drc_cm_db: oms_cm\n"                      // 6
      "drc_cm_heartbeat_db: oms_cm_heartbeat\n"  // 7
      "cm_url: http://192.0.2.100:8088\n"        // 8
      "cm_location: 2\n"                         // 9
      "cm_region: cn-jiangsu\n"                  // 10
      "cm_region_cn: 江苏\n"                     // 11
      "cm_is_default: true\n"                    // 12
      "cm_nodes:\n"                              // 13
      " - 192.0.2.11\n"                          // 14
      " - 192.0.2.12\n";                         // 15
  return text;
}

/// The good config with the line of `key` replaced by `line`; an empty one removes it.
inline std::string with(const std::string& key, const std::string& line) {
  std::string text;
  for (const std::string& old : base::lines_of(good_config())) {
    const bool replaced = old.starts_with(key + ":");
    if (!replaced || !line.empty())
      text += (replaced ? line : old) + "\n";
  }
  return text;
}

/// The good config with `lines` below it.
inline std::string plus(const std::string& lines) {
  return good_config() + lines + "\n";
}

/// The good config with other items in cm_nodes, one indented line each.
inline std::string with_nodes(const std::vector<std::string>& items) {
  std::string text = good_config().substr(0, good_config().find(" - "));
  for (const std::string& item : items)
    text += " - " + item + "\n";
  return text;
}

/// "E12 message" or "W12 message" of each problem.
inline std::vector<std::string> summary(const LoadedSettings& loaded) {
  std::vector<std::string> lines;
  for (const Problem& problem : loaded.problems)
    lines.push_back((problem.is_error ? "E" : "W") + std::to_string(problem.line) + " " +
                    problem.message);
  return lines;
}

inline std::vector<std::string> problems_of(const std::string& text,
                                            Origin origin = Origin::target) {
  return summary(load_settings(text, origin));
}

}  // namespace omsctl::config
