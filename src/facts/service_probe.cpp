#include "service_probe.hpp"

#include <fmt/format.h>

#include "omsctl/base/text.hpp"
#include "omsctl/oms/health.hpp"
#include "omsctl/oms/init_job.hpp"

namespace omsctl::facts {

namespace {

std::string at_address(const std::string& pattern, const std::string& address) {
  return fmt::format(fmt::runtime(pattern), base::in_url(address));
}

}  // namespace

void ask_about_config(ProbeScript& script, const std::string& container) {
  script.ask("config",
             oms::in_container(container, {"cat", std::string(oms::config_in_container)}));
}

void read_config(NodeFacts& node, const Answer& answer) {
  if (answer.ok())
    node.config_text = answer.text;
  else
    node.config_problem = base::join(base::last_lines(answer.err + answer.text, 1), "");
}

void ask_about_service(ProbeScript& script,
                       const NodeFacts& node,
                       const DetailQuestions& questions) {
  const std::string& container = questions.container;
  ask_about_config(script, container);
  script.ask("config_on_host", {"read_file", {questions.paths.config}});
  script.ask("programs", oms::program_states(container));
  script.ask("marker", oms::in_container(container, {"test", "-s", "/root/init_flag.txt"}));
  script.ask("init_script", oms::in_container(container, {"test", "-r", "/root/docker_init.sh"}));
  script.ask("self_initialised", oms::self_initialised(container));
  script.ask("health", oms::http_body(at_address(questions.nginx_url, node.address)));
  script.ask("cm_status", oms::http_statuses(at_address(questions.cm_port_url, node.address), 1));
  script.ask("nginx_status", oms::http_statuses(at_address(questions.nginx_url, node.address), 1));
}

std::string http_status(const Answer& answer) {
  const std::string_view text = base::trim(answer.text);
  const bool digits =
      text.size() == 3 && text.find_first_not_of("0123456789") == std::string_view::npos;
  return digits ? std::string(text) : "000";
}

void read_service(NodeFacts& node, Answers& answers) {
  read_config(node, answers["config"]);
  if (answers["config_on_host"].ok())
    node.config_on_host = answers["config_on_host"].text;
  node.programs = oms::parse_programs(answers["programs"].text);
  if (node.programs.empty())
    node.programs_problem = base::join(base::last_lines(answers["programs"].text, 1), "");
  node.health.marker = answers["marker"].ok();
  node.init_script = answers["init_script"].ok();
  node.health.self_initialising = answers["self_initialised"].ok();
  std::string body = answers["health"].text;
  std::erase_if(body, [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; });
  node.health.answers = body.find("\"healthy\":true") != std::string::npos;
  node.health.cm_status = http_status(answers["cm_status"]);
  node.health.nginx_status = http_status(answers["nginx_status"]);
}

VipFacts read_vip(const NodeFacts& node, const Answer& cm, const Answer& nginx) {
  VipFacts vip;
  const auto count = [&](const Answer& answer, const std::string& expected) {
    int good = 0;
    for (const std::string& status : base::lines_of(answer.text)) {
      // A new node has no answer of its own to compare with: any answer that is no server error
      // counts.
      const bool fine = expected.empty() || expected == "000" ? status > "000" && status < "500"
                                                              : status == expected;
      good += fine ? 1 : 0;
      if (!fine)
        vip.sample = status == "000" ? "no answer" : "HTTP " + base::printable(status);
    }
    return good;
  };
  vip.cm_good = count(cm, node.health.cm_status);
  vip.nginx_good = count(nginx, node.health.nginx_status);
  return vip;
}

}  // namespace omsctl::facts
