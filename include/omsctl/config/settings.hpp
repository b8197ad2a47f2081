/// config.yaml of OMS: what it says, checked, with the place of every mistake.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "omsctl/base/secret.hpp"
#include "omsctl/config/address.hpp"

namespace omsctl::config {

/// Ports of a node (oms §5); keys exist since 4.2.2, else the documented defaults.
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

/// The file as values. Defaults and ranges: oms §6.
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

}  // namespace omsctl::config
