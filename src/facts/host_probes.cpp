#include "omsctl/facts/host_probes.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <sstream>

#include <fmt/format.h>

#include "omsctl/base/error.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/config/address.hpp"
#include "omsctl/config/settings.hpp"
#include "omsctl/docker/answers.hpp"
#include "omsctl/docker/container.hpp"
#include "omsctl/docker/image.hpp"
#include "omsctl/facts/probe_script.hpp"
#include "omsctl/oms/health.hpp"
#include "omsctl/run/store/copy_seal.hpp"

#include "service_probe.hpp"

namespace omsctl::facts {
namespace {

constexpr int no_such_command = 127;          // exit status: nothing runs without `timeout`
constexpr std::size_t longest_reason = 1000;  // bytes

/// What the scripts take from a host, docker apart.
std::vector<std::string> commands_on_hosts() {
  return {"awk",       "cat",   "chmod",    "curl",      "cut",  "date", "dd",    "dirname",
          "fallocate", "find",  "flock",    "grep",      "head", "ls",   "mkdir", "mv",
          "rm",        "rmdir", "sed",      "sha256sum", "sort", "stat", "sync",  "tail",
          "timeout",   "tr",    "truncate", "uniq",      "wc"};
}

/// The last line of what a command said, on stderr or else on stdout.
std::string last_word(const Answer& answer) {
  const std::string_view said = base::trim(answer.err.empty() ? answer.text : answer.err);
  return said.empty() ? fmt::format("nothing (exit status {})", answer.status)
                      : base::shortened(base::last_lines(said, 1).front(), longest_reason);
}

/// Asks the questions; nullopt when the host did not answer at all (its connection says why).
std::optional<Answers> ask(const ProbeScript& script,
                           NodeFacts& node,
                           remote::Host& host,
                           const std::stop_token& stop) {
  const remote::Result result =
      host.run({.script = script.text(), .deadline = base::Seconds{script.deadline()}}, stop);
  if (!result.ok() || result.truncated) {
    const std::string why =
        result.ok() ? "it answered more than can be kept" : remote::describe(result);
    node.connection.reachable = false;
    node.connection.failure = result.exit_code == no_such_command ? "command" : "unreachable";
    node.connection.reason =
        why + (result.err.empty() ? "" : ": " + base::shortened(result.err, longest_reason));
    return std::nullopt;
  }
  return script.answers(result.out);
}

void read_docker(NodeFacts& node, Answers& answers) {
  const Answer& version = answers["docker"];
  if (version.status == 127) {
    node.docker_problem = "missing";
    return;
  }
  if (!version.ok()) {
    node.docker_problem = last_word(version);
    return;
  }
  node.docker_version = std::string(base::trim(version.text));
  for (const char* question : {"containers", "images"})
    if (answers[question].text.empty()) {
      node.docker_problem = fmt::format("asked for {}: {}", question, last_word(answers[question]));
      return;
    }
  try {
    node.containers = docker::parse_containers(answers["containers"].text);
    node.images = docker::parse_images(answers["images"].text);
  } catch (const base::Error& error) {
    node.docker_problem = error.what();
  }
}

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

PathFacts read_path(const Answer& answer) {
  PathFacts path;
  const std::size_t line = std::min(answer.text.find('\n'), answer.text.size());
  std::istringstream words(answer.text.substr(0, line));
  std::string kind;
  int entries = 0;
  std::uint64_t blocks = 0;
  std::uint64_t size = 0;
  if (words >> kind >> path.mode >> path.owner >> entries >> blocks >> size)
    path.free_bytes = blocks * size;
  using Kind = PathFacts::Kind;
  path.kind = kind == "directory" ? Kind::directory
              : kind == "file"    ? Kind::file
              : kind == "absent"  ? Kind::absent
                                  : Kind::other;
  path.empty = entries == 0;
  if (line < answer.text.size())
    path.nearest = answer.text.substr(line + 1);
  return path;
}

std::vector<std::string> paths_to_look_at(const DetailQuestions& questions) {
  const oms::NodePaths& paths = questions.paths;
  std::vector<std::string> list{
      paths.config, paths.logs, paths.store, paths.run, std::string(run::copies_on_host), "/tmp"};
  if (paths.has_https())
    list.insert(list.end(), {paths.https_crt, paths.https_key});
  for (const docker::Mount& mount : questions.further_mounts)
    list.push_back(mount.source);
  return list;
}

void read_details(NodeFacts& node, const DetailQuestions& questions, Answers& answers) {
  for (const std::string& path : paths_to_look_at(questions))
    node.paths[path] = read_path(answers["path " + path]);
  if (questions.ask_vip)
    node.vip = read_vip(node, answers["vip_cm"], answers["vip_nginx"]);
  if (!questions.tsdb_ping_url.empty())
    node.tsdb_status = http_status(answers["tsdb"]);
  node.reaches["MetaDB"] = answers["reach MetaDB"].ok() ? "" : "no connection";
  for (const std::string& other : questions.existing)
    if (other != node.address)
      node.reaches[other] = answers["reach " + other].ok() ? "" : "no connection";
  if (questions.read_certificates) {
    if (answers["crt"].ok())
      node.https_crt = base::Secret(answers["crt"].text);
    if (answers["key"].ok())
      node.https_key = base::Secret(answers["key"].text);
  }
}

}  // namespace

std::set<int> listening_ports(std::string_view proc_net_tcp) {
  std::set<int> ports;
  for (const std::string& line : base::lines_of(proc_net_tcp)) {
    std::istringstream words(line);
    std::string number;
    std::string local;
    std::string remote;
    std::string state;
    words >> number >> local >> remote >> state;
    const std::size_t colon = local.rfind(':');
    if (state != "0A" || colon == std::string::npos)
      continue;
    std::uint16_t port = 0;
    const char* end = local.data() + local.size();
    const auto parsed = std::from_chars(local.data() + colon + 1, end, port, 16);
    if (parsed.ec == std::errc{} && parsed.ptr == end)
      ports.insert(port);
  }
  return ports;
}

void ask_host(NodeFacts& node, remote::Host& host, const std::stop_token& stop) {
  node.connection = host.connect(stop);
  if (!node.connection.reachable || !node.connection.privileged)
    return;
  ProbeScript script;
  script.ask("hostname", {"host_name"});
  script.ask("addresses", {"own_addresses"});
  script.ask("clock", {"host_clock"});
  script.ask("docker", {"docker_version"});
  script.ask("containers", {"all_containers"});
  script.ask("images", {"all_images"});
  script.ask("listening", {"tcp_sockets"});
  script.ask("commands", {"missing_commands", commands_on_hosts()});
  auto answers = ask(script, node, host, stop);
  if (!answers)
    return;
  node.hostname = std::string(base::trim((*answers)["hostname"].text));
  node.own_addresses = base::lines_of((*answers)["addresses"].text);
  node.clock = std::string(base::trim((*answers)["clock"].text));
  node.clock_skew = std::strtod(node.clock.c_str(), nullptr) - seconds_now();
  node.listening = listening_ports((*answers)["listening"].text);
  node.missing_commands = base::lines_of((*answers)["commands"].text);
  read_docker(node, *answers);
}

DetailQuestions detail_questions(const Facts& facts, const std::string& address) {
  DetailQuestions questions;
  questions.container = facts.container_on(address);
  questions.paths = facts.paths_on(address);
  const NodeFacts* node = facts.node(address);
  // A node of another region listens on the ports of its own config.yaml.
  const bool elsewhere = node != nullptr && node->elsewhere && facts.deployed;
  const config::NodePorts& ports = elsewhere ? facts.deployed->ports : facts.target.ports;
  const std::string scheme = questions.paths.has_https() ? "https" : "http";
  questions.cm_port_url = fmt::format("http://{{}}:{}/", ports.cm.number);
  questions.nginx_url = fmt::format("{}://{{}}:{}/oms/health", scheme, ports.nginx.number);
  const config::CmUrl& vip = facts.target.cm_url;
  const std::string vip_host = base::in_url(vip.host);
  questions.vip_cm_url = fmt::format("{}://{}:{}/", vip.scheme, vip_host, vip.port.number);
  questions.vip_nginx_url =
      fmt::format("{}://{}:{}/oms/health", scheme, vip_host, ports.nginx.number);
  // Nobody serves behind the VIP of a region that does not run yet.
  questions.ask_vip = facts.choices.goal == Goal::more_nodes;
  if (facts.target.tsdb.enabled && !elsewhere)
    questions.tsdb_ping_url = oms::tsdb_ping_url(facts.target.tsdb.url);
  questions.metadb_host = facts.target.meta_host;
  questions.metadb_port = facts.target.meta_port.number;
  questions.cm_port = ports.cm.number;
  questions.existing = facts.existing();
  if (facts.initial_container() != nullptr)
    questions.further_mounts = oms::further_mounts(*facts.initial_container());
  const bool runs = node != nullptr && node->runs_oms();
  questions.read_certificates = questions.paths.has_https() && (runs || facts.brings_certificate());
  return questions;
}

void ask_config(NodeFacts& node, const std::string& container, remote::Host& host) {
  const docker::Container* found = node.oms_container(container);
  if (found == nullptr || !found->is_running())
    return;
  ProbeScript script;
  ask_about_config(script, container);
  if (auto answers = ask(script, node, host, {}))
    read_config(node, (*answers)["config"]);
}

void ask_node_details(NodeFacts& node,
                      const DetailQuestions& questions,
                      remote::Host& host,
                      const std::stop_token& stop) {
  const docker::Container* container = node.oms_container(questions.container);
  const bool serves = node.runs_oms() && container != nullptr && container->is_running();
  ProbeScript script;
  if (serves)
    ask_about_service(script, node, questions);
  for (const std::string& path : paths_to_look_at(questions))
    script.ask("path " + path, {"look_at_path", {path}});
  if (questions.ask_vip) {
    script.ask("vip_cm", oms::http_statuses(questions.vip_cm_url, 20), 40);
    script.ask("vip_nginx", oms::http_statuses(questions.vip_nginx_url, 20), 40);
  }
  if (!questions.tsdb_ping_url.empty())
    script.ask("tsdb", oms::http_statuses(questions.tsdb_ping_url, 1));
  script.ask("reach MetaDB",
             oms::reaches("the MetaDB", questions.metadb_host, questions.metadb_port));
  for (const std::string& other : questions.existing)
    if (other != node.address)
      script.ask("reach " + other, oms::reaches("node", other, questions.cm_port));
  if (questions.read_certificates) {
    script.ask("crt", {"read_certificate", {questions.paths.https_crt}});
    script.ask("key", {"read_certificate", {questions.paths.https_key}});
  }
  auto answers = ask(script, node, host, stop);
  if (!answers)
    return;
  if (serves)
    read_service(node, *answers);
  read_details(node, questions, *answers);
}

}  // namespace omsctl::facts
