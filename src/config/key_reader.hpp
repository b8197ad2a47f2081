/// Typed access to the entries of a config.yaml; what has the wrong type is reported where it
/// stands.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "document.hpp"
#include "entries.hpp"
#include "problems.hpp"

namespace omsctl::config {

/// A scalar and where it stands.
struct Scalar {
  std::string text;
  Place place;
};

/// Inclusive bounds of a whole number.
struct Range {
  long lowest = 0;
  long highest = 0;
};

/// ${oms_meta_host}, <password>: what samples hold instead of values.
[[nodiscard]] bool is_placeholder(std::string_view text);

/// `text` in quotes for a message, shortened.
[[nodiscard]] std::string quoted(std::string_view text);
[[nodiscard]] bool has_control(std::string_view text);

class KeyReader {
 public:
  KeyReader(const Entries& entries, Problems& findings) : entries_(entries), findings_(findings) {}

  /// Whether the key has a value that is worth a look.
  [[nodiscard]] bool has(const std::string& key) const;
  /// The value's place, else the key's.
  [[nodiscard]] Place place(const std::string& key) const;

  /// Reports the key as missing unless it is there or in a broken entry.
  void require(const std::string& key);
  /// Nothing when the key is absent, has no value or was reported.
  [[nodiscard]] std::optional<Scalar> text(const std::string& key);
  /// Reports what is missing or empty, and returns an empty text then.
  [[nodiscard]] std::string required_text(const std::string& key);
  [[nodiscard]] std::optional<long> number(const std::string& key, Range range);
  [[nodiscard]] std::optional<bool> boolean(const std::string& key);
  [[nodiscard]] std::optional<std::vector<Scalar>> list(const std::string& key);

  [[nodiscard]] Problems& findings() { return findings_; }

 private:
  [[nodiscard]] const YamlNode* find(const std::string& key) const;
  [[nodiscard]] const YamlNode* scalar_node(const std::string& key);
  /// Whether the value can be used; reports one that goes on below.
  [[nodiscard]] bool ends_on_its_line(const std::string& key, const YamlNode& node, bool in_flow);
  void check_misread(const std::string& key, const YamlNode& node);
  void check_digits(const std::string& key, const YamlNode& node, long value);

  const Entries& entries_;
  Problems& findings_;
};

}  // namespace omsctl::config
