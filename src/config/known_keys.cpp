#include "known_keys.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

namespace omsctl::config {
namespace {

constexpr std::array<std::string_view, 34> keys{"oms_meta_host",
                                                "oms_meta_port",
                                                "oms_meta_user",
                                                "oms_meta_password",
                                                "drc_rm_db",
                                                "drc_cm_db",
                                                "drc_cm_heartbeat_db",
                                                "cm_url",
                                                "cm_location",
                                                "cm_region",
                                                "cm_region_cn",
                                                "cm_nodes",
                                                "cm_is_default",
                                                "tsdb_enabled",
                                                "tsdb_service",
                                                "tsdb_url",
                                                "tsdb_host",
                                                "tsdb_port",
                                                "tsdb_username",
                                                "tsdb_password",
                                                "ghana_server_port",
                                                "nginx_server_port",
                                                "cm_server_port",
                                                "supervisor_server_port",
                                                "sshd_server_port",
                                                "apsara_audit_enable",
                                                "apsara_audit_sls_access_key",
                                                "apsara_audit_sls_access_secret",
                                                "apsara_audit_sls_endpoint",
                                                "apsara_audit_sls_ops_site_topic",
                                                "apsara_audit_sls_user_site_topic",
                                                "init_db",
                                                "drc_user",
                                                "drc_password"};

/// Levenshtein distance: edits of one character that turn one word into the other.
std::size_t distance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> row(right.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < left.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < right.size(); ++j) {
      const std::size_t replaced = diagonal + (left[i] == right[j] ? 0U : 1U);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

bool is_known_key(std::string_view key) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

std::string nearest_known_key(std::string_view key) {
  std::string nearest;
  std::size_t best = 3;
  if (key.size() > 64)
    return nearest;
  for (const std::string_view known : keys) {
    // So many edits the lengths alone take.
    const std::size_t least =
        std::max(key.size(), known.size()) - std::min(key.size(), known.size());
    if (least >= best)
      continue;
    const std::size_t edits = distance(key, known);
    if (edits < best) {
      best = edits;
      nearest = known;
    }
  }
  return nearest;
}

}  // namespace omsctl::config
