#include "settings_rules.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "omsctl/base/error.hpp"
#include "omsctl/base/text.hpp"

#include "key_reader.hpp"
#include "known_keys.hpp"

namespace omsctl::oms {
namespace {

constexpr std::string_view password_rule =
    "oms_meta_password holds a character that OMS does not accept";
constexpr std::string_view password_hint =
    "change it in the MetaDB to one without blanks, line ends and | \" ' ` ( ) = ; / & [ ] { }";
constexpr std::string_view system_databases =
    " mysql sys information_schema performance_schema oceanbase ";

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
  });
}

std::string quoted(std::string_view text) {
  return "\"" + base::printable(text.substr(0, 64)) + "\"";
}

/// ${oms_meta_host}, <password>: what samples hold instead of values.
bool is_placeholder(std::string_view text) {
  return (text.find("${") != std::string_view::npos) ||
         (text.size() > 2 && text.starts_with('<') && text.ends_with('>'));
}

/// xxx.xxx.xxx.1, xxx.xxx.xxx.xx2: the guide's addresses.
bool is_sample_address(std::string_view host) {
  return host.starts_with("xx") &&
         host.find_first_not_of("xX0123456789.") == std::string_view::npos;
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

/// Fills one Settings key by key.
class Rules {
 public:
  Rules(const Entries& entries, Findings& findings)
      : entries_(entries), findings_(findings), read_(entries, findings) {}

  Settings apply() {
    unknown_keys();
    placeholders();
    meta();
    databases();
    region();
    nodes();
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
  void cm_url();
  void nodes();
  void node(const Scalar& item);
  void tsdb();
  void ports();
  std::string required_text(const std::string& key);
  std::string database(const std::string& key);
  void host_rule(const std::string& what, const Scalar& value);

  const Entries& entries_;
  Findings& findings_;
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
      findings_.rule(value.place,
                     fmt::format("{} still holds a placeholder", quoted(key)),
                     "replace it with the value of this deployment");
}

std::string Rules::required_text(const std::string& key) {
  read_.require(key);
  const auto value = read_.text(key);
  if (!value)
    return {};
  if (value->text.empty())
    findings_.error(value->place, fmt::format("{} is empty", key), "");
  return value->text;
}

/// An address that every node can use.
void Rules::host_rule(const std::string& what, const Scalar& value) {
  const std::string& host = value.text;
  if (host.empty() || is_placeholder(host))
    return;
  if (is_sample_address(host) || host == "VIP")
    findings_.rule(value.place,
                   fmt::format("{} still holds the placeholder {}", what, quoted(host)),
                   "replace it with the address of this deployment");
  else if (!canonical_host(host))
    findings_.error(
        value.place,
        fmt::format("{} is neither an IP address nor a host name: {}", what, quoted(host)),
        "write the bare address: no port, no scheme, no leading zeros");
  else if (is_loopback(host))
    findings_.rule(
        value.place,
        fmt::format("{} is {}, which is another machine on every node", what, quoted(host)),
        "write the address that all nodes can reach");
}

void Rules::meta() {
  settings_.meta_host = required_text("oms_meta_host");
  host_rule("oms_meta_host", {settings_.meta_host, read_.place("oms_meta_host")});
  read_.require("oms_meta_port");
  if (const auto port = read_.number("oms_meta_port", {1, 65535})) {
    settings_.meta_port = Port{static_cast<std::uint16_t>(*port)};
    if (*port < 1025)
      findings_.warning(read_.place("oms_meta_port"),
                        "oms_meta_port below 1025",
                        "OMS documents 1025 to 65535; make sure that this port is meant");
  }
  settings_.meta_user = required_text("oms_meta_user");
  const std::string& user = settings_.meta_user;
  if (has_control(user))
    findings_.error(read_.place("oms_meta_user"), "oms_meta_user holds a control character", "");
  if (user.ends_with("@sys") || user.find("@sys#") != std::string::npos)
    findings_.warning(read_.place("oms_meta_user"),
                      "oms_meta_user is in the sys tenant",
                      "OMS keeps its MetaDB in a tenant of its own");
  settings_.meta_password = base::Secret(required_text("oms_meta_password"));
  const std::string& password = settings_.meta_password.reveal();
  if (!is_placeholder(password) &&
      (has_control(password) || password.find_first_of(" |\"'`()=;/&[]{}") != std::string::npos))
    findings_.rule(
        read_.place("oms_meta_password"), std::string(password_rule), std::string(password_hint));
}

std::string Rules::database(const std::string& key) {
  const std::string name = required_text(key);
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

void Rules::cm_url() {
  const std::string text = required_text("cm_url");
  const Place place = read_.place("cm_url");
  if (text.empty() || is_placeholder(text))
    return;
  try {
    settings_.cm_url = parse_cm_url(text);
  } catch (const base::Error& error) {
    findings_.error(place, error.what(), error.hint());
    return;
  }
  if (!settings_.cm_url.has_port)
    findings_.rule(place,
                   "cm_url names no port: OMS would use 80, its CM listens on 8088",
                   fmt::format("write \"cm_url: {}:8088\"", base::printable(text)));
  if (is_loopback(settings_.cm_url.host))
    findings_.rule(place,
                   "cm_url is a loopback address: no other node can reach it",
                   "write the VIP, load balancer or domain");
  else
    host_rule("cm_url", {settings_.cm_url.host, place});
}

void Rules::region() {
  cm_url();
  read_.require("cm_location");
  settings_.cm_location = static_cast<int>(read_.number("cm_location", {0, 127}).value_or(0));
  settings_.cm_is_default = read_.boolean("cm_is_default").value_or(true);
  const auto name = [&](const std::string& key) {
    const auto value = read_.text(key);
    if (value && has_control(value->text))
      findings_.error(value->place, fmt::format("{} holds a control character", key), "");
    return value ? value->text : std::string();
  };
  settings_.cm_region = name("cm_region");
  settings_.cm_region_cn = name("cm_region_cn");
}

void Rules::node(const Scalar& item) {
  if (item.text.empty()) {
    findings_.error(item.place, "an item of cm_nodes is empty", "remove it");
    return;
  }
  if (is_placeholder(item.text))
    findings_.rule(item.place, "cm_nodes still holds a placeholder", "write the node's address");
  host_rule("this node", item);
}

void Rules::nodes() {
  read_.require("cm_nodes");
  const auto items = read_.list("cm_nodes");
  if (!items)
    return;
  if (items->empty())
    findings_.error(read_.place("cm_nodes"), "cm_nodes is empty", "list every node of the region");
  std::map<std::string, Place> seen;
  for (const Scalar& item : *items) {
    node(item);
    settings_.cm_nodes.push_back(item.text);
    const auto first = seen.emplace(canonical_host(item.text).value_or(item.text), item.place);
    if (!first.second && !item.text.empty())
      findings_.error(
          item.place,
          fmt::format(
              "duplicate node {}, see line {}", quoted(item.text), first.first->second.line + 1),
          "list every node once");
  }
}

void Rules::tsdb() {
  TimeSeries& tsdb = settings_.tsdb;
  tsdb.enabled = read_.boolean("tsdb_enabled").value_or(false);
  const auto text = [&](const std::string& key) {
    const auto value = read_.text(key);
    if (tsdb.enabled && (!value || value->text.empty()) && !entries_.broken.contains(key))
      findings_.rule(read_.has(key) ? read_.place(key) : read_.place("tsdb_enabled"),
                     fmt::format("{} is needed since tsdb_enabled is true", key),
                     fmt::format("add \"{}: value\", or write \"tsdb_enabled: false\"", key));
    if (value && has_control(value->text))
      findings_.error(value->place, fmt::format("{} holds a control character", key), "");
    return value ? value->text : std::string();
  };
  tsdb.service = text("tsdb_service");
  tsdb.url = text("tsdb_url");
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

Settings read_settings(const Entries& entries, Findings& findings) {
  return Rules(entries, findings).apply();
}

}  // namespace omsctl::oms
