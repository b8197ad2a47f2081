#include "omsctl/metadb/failure.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "omsctl/base/text.hpp"

namespace omsctl::metadb {

bool means_lost(unsigned int number) noexcept {
  // 1053 shutdown in progress, 1927 and 4031 killed or idle for too long, 2xxx the client library's
  // own.
  static constexpr std::array<unsigned int, 9> lost{
      1053, 1927, 2002, 2003, 2005, 2006, 2013, 2055, 4031};
  return std::ranges::find(lost, number) != lost.end();
}

std::string hint_for(unsigned int number, std::string_view address) {
  switch (number) {
    case 2002:
    case 2003:
    case 2004:
    case 2012:
      return fmt::format(
          "check that the MetaDB runs at {} and that a firewall or an allowlist (OceanBase: "
          "ob_tcp_invited_nodes) lets this machine in, or use --metadb-via",
          address);
    case 2005:
      return "check oms_meta_host in config.yaml: the name does not resolve";
    case 1044:
    case 1045:
    case 1142:
    case 1143:
    case 1227:
      return "check oms_meta_user, oms_meta_password and the privileges of that user in the MetaDB";
    case 1130:
      return "the MetaDB does not accept connections from this machine: allow it there, or use "
             "--metadb-via";
    case 1049:
      return "check drc_rm_db, drc_cm_db and drc_cm_heartbeat_db in config.yaml";
    case 1146:
      return "check drc_rm_db, drc_cm_db and drc_cm_heartbeat_db in config.yaml: the table is not "
             "there";
    case 2026:
      return fmt::format(
          "nothing was sent but the wish for TLS. Check the file given with --metadb-ca, and that "
          "the MetaDB's certificate has this name: openssl s_client -starttls mysql -connect {} "
          "-CAfile FILE",
          address.substr(0, address.find(' ')));
    case 1251:
    case 1524:
    case 2059:
    case 2061:
      return "the MetaDB asks for an authentication method that this client lacks: give the user "
             "mysql_native_password";
    case 1205:
      return "another session holds rows of the table: see SHOW PROCESSLIST in the MetaDB, then "
             "try again";
    case 1021:
    case 1114:
      return "the MetaDB's disk is full: make room there, then run the command again";
    case 1665:
      return "the MetaDB's binlog_format is STATEMENT: set it to MIXED or ROW";
    default:
      break;
  }
  if (means_lost(number))
    return fmt::format("the MetaDB at {} went away: see that it runs, then run the command again",
                       address);
  return {};
}

std::string connect_hint_for(unsigned int number, std::string_view address) {
  if (number == 2006 || number == 2013 || number == 2055)
    return fmt::format(
        "something listens at {} but does not answer as a MySQL server: check oms_meta_host and "
        "oms_meta_port, and what stands in between",
        address);
  return hint_for(number, address);
}

std::string first_words(std::string_view sql) {
  constexpr std::size_t longest = 60;
  const std::size_t values = sql.find("VALUES");
  std::string_view words = sql.substr(0, std::min(values, sql.size()));
  const bool cut = words.size() > longest;
  // Never in the middle of a multi-byte character.
  std::size_t end = std::min(words.size(), longest);
  while (cut && end > 0 && (static_cast<unsigned char>(words[end]) & 0xC0U) == 0x80)
    --end;
  words = words.substr(0, end);
  return base::printable(words) + (cut || values < sql.size() ? "…" : "");
}

}  // namespace omsctl::metadb
