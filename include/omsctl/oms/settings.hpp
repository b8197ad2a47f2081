/// config.yaml of OMS: what it says, checked, with the place of every mistake.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "omsctl/base/secret.hpp"
#include "omsctl/oms/address.hpp"

namespace omsctl::oms {

/// Ports of a node (domain §5); keys exist since 4.2.2, else the documented defaults.
struct NodePorts {
  Port ghana{8090};
  Port nginx{8089};
  Port cm{8088};
  Port supervisor{9000};
  Port sshd{2023};
  [[nodiscard]] bool operator==(const NodePorts&) const = default;
};

struct TimeSeries {
  bool enabled = false;
  std::string service;  ///< INFLUXDB or CERESDB
  std::string url;
  std::string username;
  base::Secret password;
};

/// The file as values. Defaults and ranges: domain §6.
struct Settings {
  std::string meta_host;
  Port meta_port;
  std::string meta_user;
  base::Secret meta_password;
  std::string rm_db;
  std::string cm_db;
  std::string heartbeat_db;
  CmUrl cm_url;
  int cm_location = 0;  ///< 0 to 127; the tables hold it as text
  std::string cm_region;
  std::string cm_region_cn;
  bool cm_is_default = true;
  std::vector<std::string> cm_nodes;
  TimeSeries tsdb;
  NodePorts ports;
  bool init_db = false;
};

/// One mistake or doubt in a file. Lines and columns count from 1.
struct Problem {
  bool is_error = true;
  std::size_t line = 0;
  std::size_t column = 0;
  std::string excerpt{};  ///< the offending line, secrets blanked
  std::string message{};
  std::string hint{};
};

/// "config.yaml:12:5: error: …" with the offending line and the hint below it.
[[nodiscard]] std::string describe(const std::string& file, const Problem& problem);

/// A parsed file: settings only when there is no error; all problems at once.
struct LoadedSettings {
  std::optional<Settings> settings;
  std::vector<Problem> problems;
  [[nodiscard]] bool has_errors() const;
};

/// Reads `text`. `who` decides on rules that only hold for an operator's target (placeholders,
/// loopback cm_url, init_db "true"): a container's own file is read leniently, since OMS already
/// lives with it.
enum class Origin { target, deployed };
[[nodiscard]] LoadedSettings load_settings(const std::string& text, Origin origin);

/// Also checks the file itself: exists, regular, readable by others (an error: it holds a
/// password). Throws Error{config} only when it cannot be read at all.
[[nodiscard]] LoadedSettings load_settings_file(const std::string& path);

/// The file as plain values: a scalar as text (`!!bool "true"`, true and "true" are all "true";
/// 8088 and "8088" are "8088"; a key without a value is empty text), a list of them, or an absent
/// key. What "equal as parsed values" means (design §9).
using Value = std::variant<std::string, std::vector<std::string>>;
using Values = std::map<std::string, Value>;
/// Throws Error{config} when `text` is not a YAML mapping of scalars and lists.
[[nodiscard]] Values values_of(const std::string& text);

/// A key whose values differ; texts are for display, secrets blanked.
struct Difference {
  std::string key;
  std::string before;  ///< "(absent)" when missing
  std::string after;
};
[[nodiscard]] std::vector<Difference> differences(const Values& before, const Values& after);

/// Whether `key` holds a secret (domain §6: passwords and audit keys), or is nearly one that does.
[[nodiscard]] bool is_secret_key(std::string_view key);

/// `text` with the values of secret keys replaced by [redacted], for diffs that are shown. Never
/// parses: works on broken files too.
[[nodiscard]] std::string redacted(const std::string& text);

}  // namespace omsctl::oms
