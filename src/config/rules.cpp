#include "rules.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "omsctl/base/text.hpp"

#include "address_rules.hpp"
#include "key_reader.hpp"
#include "known_keys.hpp"

namespace omsctl::config {
namespace {

constexpr std::string_view password_rule =
    "oms_meta_password holds a character that OMS does not accept";
constexpr std::string_view password_hint =
    "change it in the MetaDB to one without blanks, line ends and | \" ' ` ( ) = ; / & [ ] { }";
constexpr std::string_view system_databases =
    " mysql sys information_schema performance_schema oceanbase ";

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

/// Fills one Settings key by key.
class Rules {
 public:
  Rules(const Entries& entries, Problems& findings)
      : entries_(entries), findings_(findings), read_(entries, findings) {}

  Settings apply() {
    unknown_keys();
    placeholders();
    meta();
    databases();
    region();
    settings_.cm_nodes = read_nodes(read_);
    tsdb();
    ports();
    if (read_.boolean("init_db").value_or(false)) {
      settings_.init_db = true;
      findings_.rule(read_.place("init_db"),
                     "init_db must not be true: a MetaDB that is in use would be set up anew",
                     "write \"init_db: false\" or remove the line");
    }
    return std::move(settings_);
  }

 private:
  void unknown_keys();
  void placeholders();
  void meta();
  void databases();
  void region();
  void tsdb();
  void ports();
  std::string database(const std::string& key);

  const Entries& entries_;
  Problems& findings_;
  KeyReader read_;
  Settings settings_;
};

void Rules::unknown_keys() {
  for (const auto& [key, place] : entries_.keys) {
    if (is_known_key(key) || key == "<<")
      continue;
    const std::string near = nearest_known_key(key);
    findings_.warning(place,
                      "unknown key " + quoted(key),
                      near.empty() ? "it is kept as it is" : fmt::format("did you mean {}?", near));
  }
}

void Rules::placeholders() {
  for (const auto& [key, value] : entries_.values)
    if (value.kind == YamlNode::Kind::scalar && is_placeholder(value.text))
      findings_.rule(
          value.place,
          fmt::format("{} still holds a placeholder", base::printable(key.substr(0, 64))),
          "replace it with the value of this deployment");
}

void Rules::meta() {
  settings_.meta_host = read_.required_text("oms_meta_host");
  check_host(findings_, "oms_meta_host", {settings_.meta_host, read_.place("oms_meta_host")});
  read_.require("oms_meta_port");
  if (const auto port = read_.number("oms_meta_port", {1, 65535})) {
    settings_.meta_port = Port{static_cast<std::uint16_t>(*port)};
    if (*port < 1025)
      findings_.warning(read_.place("oms_meta_port"),
                        "oms_meta_port below 1025",
                        "OMS documents 1025 to 65535; make sure that this port is meant");
  }
  settings_.meta_user = read_.required_text("oms_meta_user");
  const std::string& user = settings_.meta_user;
  if (has_control(user))
    findings_.error(read_.place("oms_meta_user"), "oms_meta_user holds a control character", "");
  if (user.ends_with("@sys") || user.find("@sys#") != std::string::npos)
    findings_.warning(read_.place("oms_meta_user"),
                      "oms_meta_user is in the sys tenant",
                      "OMS keeps its MetaDB in a tenant of its own");
  settings_.meta_password = base::Secret(read_.required_text("oms_meta_password"));
  const std::string& password = settings_.meta_password.reveal();
  if (!is_placeholder(password) &&
      (has_control(password) || password.find_first_of(" |\"'`()=;/&[]{}") != std::string::npos))
    findings_.rule(
        read_.place("oms_meta_password"), std::string(password_rule), std::string(password_hint));
}

std::string Rules::database(const std::string& key) {
  std::string name = read_.required_text(key);
  const Place place = read_.place(key);
  if (has_control(name))
    findings_.error(place, fmt::format("{} holds a control character", key), "");
  if (characters(name) > 64)
    findings_.error(place, fmt::format("{} is longer than 64 characters", key), "");
  if (name.ends_with(' '))
    findings_.error(place, fmt::format("{} ends with a blank", key), "MySQL allows no such name");
  if (!name.empty() && name.find(' ') == std::string::npos &&
      system_databases.find(" " + name + " ") != std::string_view::npos)
    findings_.error(place,
                    fmt::format("{} names a database of the server itself: {}", key, quoted(name)),
                    "write the database that OMS created");
  return name;
}

void Rules::databases() {
  settings_.rm_db = database("drc_rm_db");
  settings_.cm_db = database("drc_cm_db");
  settings_.heartbeat_db = database("drc_cm_heartbeat_db");
  const auto distinct =
      [&](const std::string& key, const std::string& name, const std::string& other) {
        if (!name.empty() && name == other && !is_placeholder(name))
          findings_.error(
              read_.place(key),
              fmt::format("{} names a database that is already used above: {}", key, quoted(name)),
              "the three databases must be different");
      };
  distinct("drc_cm_db", settings_.cm_db, settings_.rm_db);
  distinct("drc_cm_heartbeat_db", settings_.heartbeat_db, settings_.rm_db);
  if (settings_.cm_db != settings_.rm_db)
    distinct("drc_cm_heartbeat_db", settings_.heartbeat_db, settings_.cm_db);
}

void Rules::region() {
  settings_.cm_url = read_cm_url(read_);
  read_.require("cm_location");
  settings_.cm_location = static_cast<int>(read_.number("cm_location", {0, 127}).value_or(0));
  settings_.cm_is_default = read_.boolean("cm_is_default").value_or(true);
  const auto name = [&](const std::string& key) {
    const auto value = read_.text(key);
    if (value && has_control(value->text))
      findings_.error(value->place, fmt::format("{} holds a control character", key), "");
    if (value && base::trim(value->text) != value->text)
      findings_.warning(value->place,
                        fmt::format("{} begins or ends with a blank", key),
                        "make sure that it is meant: nobody sees it in the console");
    return value ? value->text : std::string();
  };
  settings_.cm_region = name("cm_region");
  settings_.cm_region_cn = name("cm_region_cn");
}

void Rules::tsdb() {
  TimeSeries& tsdb = settings_.tsdb;
  tsdb.enabled = read_.boolean("tsdb_enabled").value_or(false);
  const auto text = [&](const std::string& key) {
    const auto value = read_.text(key);
    if (tsdb.enabled && (!value || value->text.empty()) && !entries_.broken.contains(key))
      findings_.rule(read_.has(key) ? read_.place(key) : read_.place("tsdb_enabled"),
                     fmt::format("{} is needed since tsdb_enabled is true", key),
                     fmt::format(R"(add "{}: value", or write "tsdb_enabled: false")", key));
    if (value && has_control(value->text))
      findings_.error(value->place, fmt::format("{} holds a control character", key), "");
    return value ? value->text : std::string();
  };
  tsdb.service = text("tsdb_service");
  tsdb.url = text("tsdb_url");
  // It is shown, and handed to curl as an argument, where a password would be seen.
  if (tsdb.url.find('@') != std::string::npos)
    findings_.rule(read_.place("tsdb_url"),
                   "tsdb_url holds a user or a password",
                   "write HOST:PORT, and the two as tsdb_username and tsdb_password");
  tsdb.username = text("tsdb_username");
  tsdb.password = base::Secret(text("tsdb_password"));
  if (!tsdb.service.empty() && tsdb.service != "INFLUXDB" && tsdb.service != "CERESDB")
    findings_.rule(
        read_.place("tsdb_service"),
        fmt::format("tsdb_service must be INFLUXDB or CERESDB, not {}", quoted(tsdb.service)),
        "");
}

void Rules::ports() {
  NodePorts& ports = settings_.ports;
  const std::array<std::pair<std::string, Port*>, 5> keys{
      {{"ghana_server_port", &ports.ghana},
       {"nginx_server_port", &ports.nginx},
       {"cm_server_port", &ports.cm},
       {"supervisor_server_port", &ports.supervisor},
       {"sshd_server_port", &ports.sshd}}};
  for (const auto& [key, port] : keys)
    if (const auto number = read_.number(key, {1025, 65535}))
      port->number = static_cast<std::uint16_t>(*number);
  for (std::size_t i = 0; i < keys.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (*keys.at(i).second == *keys.at(j).second)
        findings_.rule(
            read_.place(read_.has(keys.at(i).first) ? keys.at(i).first : keys.at(j).first),
            fmt::format("{} and {} are both {}",
                        keys.at(j).first,
                        keys.at(i).first,
                        keys.at(i).second->number),
            "every service of a node needs a port of its own");
}

}  // namespace

Settings read_settings(const Entries& entries, Problems& findings) {
  return Rules(entries, findings).apply();
}

}  // namespace omsctl::config
