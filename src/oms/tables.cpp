#include "omsctl/oms/tables.hpp"

#include <fmt/format.h>

#include "omsctl/base/text.hpp"

namespace omsctl::oms {
using metadb::quote_name;
using metadb::quote_text;

std::string equals_text(const std::string& column, const std::string& text) {
  return fmt::format("BINARY CAST({} AS CHAR) = {}", quote_name(column), quote_text(text));
}

std::string in_texts(const std::string& column, const std::vector<std::string>& texts) {
  std::vector<std::string> literals;
  literals.reserve(texts.size());
  for (const std::string& text : texts)
    literals.push_back(quote_text(text));
  return fmt::format(
      "BINARY CAST({} AS CHAR) IN ({})", quote_name(column), base::join(literals, ", "));
}

std::string cluster_info_query(const Databases& databases, const std::string& code) {
  return fmt::format("SELECT cm_url, code FROM {} WHERE {}",
                     quote_name(databases.rm, "cluster_info"),
                     equals_text("code", code));
}

std::string hosts_query(const Databases& databases, const std::string& code) {
  return fmt::format(
      "SELECT h.ip, h.host_status FROM {} h JOIN {} g ON h.resource_group_id = g.id WHERE {} ORDER "
      "BY h.ip",
      quote_name(databases.cm, "host"),
      quote_name(databases.cm, "resource_group"),
      fmt::format("BINARY CAST(g.name AS CHAR) = {}", quote_text(code)));
}

std::string host_status_query(const Databases& databases, const std::vector<std::string>& nodes) {
  return fmt::format("SELECT ip, host_status FROM {} WHERE {} ORDER BY ip",
                     quote_name(databases.cm, "host"),
                     in_texts("ip", nodes));
}

std::string heartbeat_query(const Databases& databases, const std::vector<std::string>& nodes) {
  return fmt::format(
      "SELECT host_ip, MAX(gmt_modified) FROM {} WHERE task_name = 'supervisor' AND {} GROUP BY "
      "host_ip ORDER BY host_ip",
      quote_name(databases.heartbeat, "heart_beat"),
      in_texts("host_ip", nodes));
}

}  // namespace omsctl::oms
