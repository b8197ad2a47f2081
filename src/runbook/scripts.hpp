/// Calls, paths and URLs that several steps use. Private to this room.
#pragma once

#include <string>
#include <vector>

#include "omsctl/runbook/steps.hpp"

namespace omsctl::runbook {

/// Holds when the file has this SHA-256.
[[nodiscard]] remote::Call has_digest(const std::string& path, const std::string& sha256);

/// Holds when nothing is there.
[[nodiscard]] remote::Call is_absent(const std::string& path);

[[nodiscard]] remote::Call remove_files(const std::vector<std::string>& paths);

/// The paths of the two copies of config.yaml that a run keeps beside it.
[[nodiscard]] std::string old_copy(const Deployment& deployment, const std::string& host);
[[nodiscard]] std::string new_copy(const Deployment& deployment, const std::string& host);

/// Where the initial node keeps the second copy of this run.
[[nodiscard]] std::string copies_directory(const Deployment& deployment);
[[nodiscard]] std::string copy_of_rows(const Deployment& deployment);

/// A file that keeps room in /tmp, where `docker exec` writes.
[[nodiscard]] std::string room_in_tmp(const Deployment& deployment);

/// URLs of a node and of the VIP.
[[nodiscard]] std::string node_health_url(const Deployment& deployment, const std::string& host);
[[nodiscard]] std::string node_cm_url(const Deployment& deployment, const std::string& host);
[[nodiscard]] std::string vip_cm_url(const Deployment& deployment);
[[nodiscard]] std::string vip_nginx_url(const Deployment& deployment);

}  // namespace omsctl::runbook
