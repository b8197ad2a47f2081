/// Changes config.yaml and nothing else of it: comments, order, quotes and line ends stay.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace omsctl::config {

/// What scale-out changes in an existing node's file.
struct SettingsEdit {
  std::optional<std::string> cm_url;
  std::optional<std::vector<std::string>> cm_nodes;
};

/// `text` with the edit applied, every other byte kept; the result parses to exactly the old values
/// with the edited ones replaced (checked before returning). Keeps the file's own style: quoted
/// keys and values, list indent, flow lists, `!!` tags, CRLF, trailing comments. Throws
/// Error{config} when the file cannot be edited safely (anchors, duplicate keys, several
/// documents).
[[nodiscard]] std::string edit_settings(const std::string& text, const SettingsEdit& edit);

}  // namespace omsctl::config
