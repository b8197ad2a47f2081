#include "scripts.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "omsctl/base/digest.hpp"
#include "omsctl/config/address.hpp"
#include "omsctl/remote/shell.hpp"
#include "omsctl/run/store/copy_seal.hpp"

namespace omsctl::runbook {
namespace {

using remote::command_line;
using remote::quote;

std::string in_url(const std::string& host) {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

std::string scheme(const Deployment& deployment) {
  return deployment.facts.paths->has_https() ? "https" : "http";
}

}  // namespace

std::string layers_script(const std::string& image) {
  return command_line(
             {"docker", "image", "inspect", "--format", "{{json .RootFS.Layers}}", image}) +
         " 2>/dev/null | sha256sum | cut -c1-64";
}

std::string layers_digest(const std::vector<std::string>& layers) {
  return base::sha256(nlohmann::json(layers).dump() + "\n");
}

std::string prints(const std::string& script, const std::string& expected) {
  return fmt::format("seen=$({})\n[ \"$seen\" = {} ] || {{ echo \"it is: $seen\"; exit 1; }}\n",
                     script,
                     quote(expected));
}

std::string has_digest(const std::string& path, const std::string& sha256) {
  return prints(fmt::format("sha256sum < {} | cut -c1-64", quote(path)), sha256);
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
                     in_url(host),
                     deployment.facts.target.ports.nginx.number);
}

std::string node_cm_url(const Deployment& deployment, const std::string& host) {
  return fmt::format("http://{}:{}/", in_url(host), deployment.facts.target.ports.cm.number);
}

std::string vip_cm_url(const Deployment& deployment) {
  const config::CmUrl& url = deployment.facts.target.cm_url;
  return fmt::format("{}://{}:{}/", url.scheme, in_url(url.host), url.port.number);
}

std::string vip_nginx_url(const Deployment& deployment) {
  return node_health_url(deployment, deployment.facts.target.cm_url.host);
}

}  // namespace omsctl::runbook
