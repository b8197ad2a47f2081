#include "scripts.hpp"

#include <fmt/format.h>

#include "omsctl/base/text.hpp"
#include "omsctl/config/address.hpp"
#include "omsctl/run/store/copy_seal.hpp"

namespace omsctl::runbook {
namespace {

std::string scheme(const Deployment& deployment) {
  return deployment.facts.paths->has_https() ? "https" : "http";
}

}  // namespace

remote::Call has_digest(const std::string& path, const std::string& sha256) {
  return {"has_digest", {path, sha256}};
}

remote::Call is_absent(const std::string& path) {
  return {"is_absent", {path}};
}

remote::Call remove_files(const std::vector<std::string>& paths) {
  return {"remove_files", paths};
}

std::string old_copy(const Deployment& deployment, const std::string& host) {
  return deployment.paths(host).config + ".omsctl-" + deployment.run + ".old";
}

std::string new_copy(const Deployment& deployment, const std::string& host) {
  return deployment.paths(host).config + ".omsctl-" + deployment.run + ".new";
}

std::string copies_directory(const Deployment& deployment) {
  return std::string(run::copies_on_host) + "/" + deployment.run;
}

std::string room_in_tmp(const Deployment& deployment) {
  return "/tmp/omsctl-" + deployment.run + ".room";
}

std::string copy_of_rows(const Deployment& deployment) {
  return copies_directory(deployment) + "/rows.tar";
}

std::string node_health_url(const Deployment& deployment, const std::string& host) {
  return fmt::format("{}://{}:{}/oms/health",
                     scheme(deployment),
                     base::in_url(host),
                     deployment.facts.target.ports.nginx.number);
}

std::string node_cm_url(const Deployment& deployment, const std::string& host) {
  return fmt::format("http://{}:{}/", base::in_url(host), deployment.facts.target.ports.cm.number);
}

std::string vip_cm_url(const Deployment& deployment) {
  const config::CmUrl& url = deployment.facts.target.cm_url;
  return fmt::format("{}://{}:{}/", url.scheme, base::in_url(url.host), url.port.number);
}

std::string vip_nginx_url(const Deployment& deployment) {
  return node_health_url(deployment, deployment.facts.target.cm_url.host);
}

}  // namespace omsctl::runbook
