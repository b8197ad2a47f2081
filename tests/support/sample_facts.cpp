#include "support/sample_facts.hpp"

#include <fmt/format.h>

#include "omsctl/config/settings.hpp"
#include "omsctl/config/values.hpp"
#include "omsctl/docker/container.hpp"
#include "omsctl/docker/image.hpp"

namespace omsctl::tests {
namespace {

using facts::Facts;
using facts::NodeFacts;
using facts::PathFacts;

std::string config_text(const std::string& cm_url, const std::vector<std::string>& nodes) {
  std::string text = fmt::format(
      "# OMS\noms_meta_host: 192.0.2.5\noms_meta_port: 3306\noms_meta_user: oms_user\n"
      "oms_meta_password: sample-canary\ndrc_rm_db: oms_rm\ndrc_cm_db: oms_cm\n"
      "drc_cm_heartbeat_db: oms_cm_heartbeat_1\ncm_url: {}\ncm_location: 1\ncm_region: cn-lab\n"
      "cm_region_cn: cn-lab\ncm_is_default: true\ncm_nodes:\n",
      cm_url);
  for (const std::string& node : nodes)
    text += " - " + node + "\n";
  return text;
}

docker::Container oms_container(const std::string& host) {
  docker::Container container;
  container.name = "oms_421";
  container.state = "running";
  container.image_ref = "oms-lab/oms:feature_4.2.1-ce";
  container.image_id = "sha256:aaaa";
  container.mounts = {{"/data/config.yaml", "/home/admin/conf/config.yaml"},
                      {"/data/oms/oms_logs", "/home/admin/logs"},
                      {"/data/oms/oms_store", "/home/ds/store"},
                      {"/data/oms/oms_run", "/home/ds/run"}};
  container.environment = {"OMS_HOST_IP=" + host, "PATH=/usr/bin"};
  container.network = "host";
  container.privileged = true;
  container.pids_limit = -1;
  container.ulimits = {{"nproc", 65535, 65535}};
  container.restart_policy = "no";
  return container;
}

docker::Image oms_image() {
  docker::Image image;
  image.id = "sha256:aaaa";
  image.references = {"oms-lab/oms:feature_4.2.1-ce"};
  image.layers = {"sha256:1111", "sha256:2222"};
  image.config = R"({"Env":["PATH=/usr/bin"]})";
  image.size = 180ULL << 20U;
  return image;
}

NodeFacts plain_node(const std::string& address) {
  NodeFacts node;
  node.address = address;
  node.connection = {true, true, "root", "", "", ""};
  node.hostname = "host-" + address;
  node.own_addresses = {"127.0.0.1", address};
  node.docker_version = "20.10.24";
  for (const char* path :
       {"/data/config.yaml", "/data/oms/oms_logs", "/data/oms/oms_store", "/data/oms/oms_run"})
    node.paths[path] = {PathFacts::Kind::absent, "", "", true, 500ULL << 30U, "/data"};
  node.vip = facts::VipFacts{20, 20, ""};
  node.reaches = {{"MetaDB", ""}, {"192.0.2.11", ""}};
  return node;
}

NodeFacts initial_node(const std::string& cm_url) {
  NodeFacts node = plain_node("192.0.2.11");
  node.existing = true;
  node.containers = {oms_container("192.0.2.11")};
  node.images = {oms_image()};
  node.config_text = config_text(cm_url, {"192.0.2.11"});
  node.config_on_host = node.config_text;
  for (const char* program : {"nginx", "oms_console", "oms_drc_cm", "oms_drc_supervisor", "sshd"})
    node.programs.push_back({program, "RUNNING"});
  node.health = {true, "200", "200", true, false};
  node.reaches.erase("192.0.2.11");
  for (auto& [path, seen] : node.paths)
    seen.kind = PathFacts::Kind::directory;
  return node;
}

facts::TableFacts table(const std::string& database, const std::string& name) {
  facts::TableFacts facts;
  facts.database = database;
  facts.table = name;
  facts.exists = true;
  facts.engine = "InnoDB";
  return facts;
}

}  // namespace

Facts sample_facts(const std::string& deployed_cm_url) {
  Facts facts;
  facts.choices.config_file = "config.yaml";
  facts.target_text = config_text(vip_cm_url, {"192.0.2.11", "192.0.2.12", "192.0.2.13"});
  facts.target = config::load_settings(facts.target_text, config::Origin::target).settings.value();
  facts.target_values = config::values_of(facts.target_text);
  facts.nodes = {initial_node(deployed_cm_url), plain_node("192.0.2.12"), plain_node("192.0.2.13")};
  facts.initial = "192.0.2.11";
  facts.paths = oms::paths_of(facts.nodes.front().containers.front());
  facts.image = oms_image();
  facts.deployed_values = config::values_of(facts.nodes.front().config_text);
  facts.deployed =
      config::load_settings(facts.nodes.front().config_text, config::Origin::deployed).settings;
  facts.metadb.reachable = true;
  facts.metadb.version = "10.11.6-MariaDB";
  facts.metadb.databases = {"oms_rm", "oms_cm", "oms_cm_heartbeat_1"};
  facts.metadb.tables = {table("oms_rm", "cluster_info"),
                         table("oms_cm", "resource_group"),
                         table("oms_cm", "host"),
                         table("oms_cm", "location_cm")};
  facts.metadb.view.regions = {{"1", "cn-lab", "cn-lab", deployed_cm_url, true}};
  facts.metadb.view.groups = {{"7", "1"}};
  facts.metadb.view.hosts = {{"192.0.2.11", "ONLINE", "7"}};
  facts.metadb.view.location_rows = 1;
  return facts;
}

Facts sample_region_facts() {
  Facts facts = sample_facts(vip_cm_url);
  facts.choices.goal = facts::Goal::new_region;
  facts.target_text =
      "oms_meta_host: 192.0.2.5\noms_meta_port: 3306\noms_meta_user: oms_user\n"
      "oms_meta_password: sample-canary\ndrc_rm_db: oms_rm\ndrc_cm_db: oms_cm\n"
      "drc_cm_heartbeat_db: oms_cm_heartbeat_2\ncm_url: http://192.0.2.200:8088\ncm_location: 2\n"
      "cm_region: cn-lab-2\ncm_region_cn: cn-lab-2\ncm_is_default: false\ncm_nodes:\n"
      " - 192.0.2.21\n - 192.0.2.22\n";
  facts.target = config::load_settings(facts.target_text, config::Origin::target).settings.value();
  facts.target_values = config::values_of(facts.target_text);
  NodeFacts initial = facts.nodes.front();
  initial.existing = false;
  initial.elsewhere = true;
  initial.vip.reset();
  facts.nodes = {plain_node("192.0.2.21"), plain_node("192.0.2.22"), initial};
  for (NodeFacts& node : facts.nodes) {
    node.vip.reset();
    node.reaches = {{"MetaDB", ""}};
  }
  facts.metadb.databases = {"oms_rm", "oms_cm"};
  for (facts::TableFacts& table : facts.metadb.tables)
    if (table.table == "cluster_info")
      table.columns = {"id", "region", "region_cn", "cm_url", "code", "is_default_cm"};
  return facts;
}

}  // namespace omsctl::tests
