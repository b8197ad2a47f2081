// Every call on a host that a plan or a look at a host makes: its script is there, and it fits into
// what one argument may hold, with room left.
#include "omsctl/plan/calls.hpp"

#include <gtest/gtest.h>

#include "omsctl/base/text.hpp"
#include "omsctl/docker/container.hpp"
#include "omsctl/docker/image_archive.hpp"
#include "omsctl/facts/host_probes.hpp"
#include "omsctl/plan/describe.hpp"
#include "omsctl/remote/handover.hpp"
#include "omsctl/runbook/scale_out.hpp"

#include "support/sample_facts.hpp"

namespace omsctl::runbook {
namespace {

using facts::Facts;

constexpr std::size_t longest = 96UL * 1024;  // bytes; an argument may have 128 KiB

std::size_t length_of(const std::string& text) {
  return remote::handover_text(text, base::Seconds{3600}, true).size();
}

/// A path as long as a path in use may be, with names in an alphabet that takes more room than
/// letters do.
std::string long_path(const std::string& name) {
  std::string path;
  for (int level = 0; level < 5; ++level) {
    path += "/";
    for (int i = 0; i < 60; ++i)
      path += "库";
  }
  return path + "/" + name;
}

/// The sample with such paths, a container with a name of 100 bytes, 40 programs and 60 more nodes.
Facts with_long_names(Facts facts) {
  for (facts::NodeFacts& node : facts.nodes) {
    for (docker::Container& container : node.containers) {
      container.name = std::string(100, 'c');
      for (docker::Mount& mount : container.mounts)
        mount.source = long_path(mount.source.substr(mount.source.rfind('/') + 1));
      for (const char* name : {"crt", "key", "tz", "hosts"})
        container.mounts.push_back({long_path(name), "/etc/" + std::string(name)});
      facts.paths = oms::paths_of(container);
    }
    for (int i = 0; i < 40 && !node.programs.empty(); ++i)
      node.programs.push_back({std::string(60, 'p') + std::to_string(i), "RUNNING"});
  }
  facts.paths->https_crt = long_path("crt");
  facts.paths->https_key = long_path("key");
  for (facts::NodeFacts& node : facts.nodes)
    for (const std::string& path :
         {facts.paths->config, facts.paths->logs, facts.paths->store, facts.paths->run})
      node.paths[path] = {facts::PathFacts::Kind::absent, "", "", true, 500ULL << 30U, "/"};
  facts::NodeFacts more = *facts.node(facts.target.cm_nodes.back());
  for (int i = 0; i < 60; ++i) {
    more.address = "2001:db8:1111:2222:3333:4444:5555:" + std::to_string(i);
    facts.nodes.push_back(more);
    facts.target.cm_nodes.push_back(more.address);
  }
  return facts;
}

std::vector<plan::Plan> plans(const std::function<Facts(Facts)>& changed) {
  constexpr const char* run = "20261122-151100-7f3a";
  Facts archive = tests::sample_facts(tests::vip_cm_url);
  archive.choices.image_archive = "/srv/oms.tar.gz";
  archive.choices.reload_existing = true;
  archive.archive =
      docker::ImageArchive{"", "", std::string(64, 'a'), 3ULL << 30U, {*archive.image}};
  Facts by_itself = tests::sample_facts(tests::vip_cm_url);
  by_itself.nodes[0].health.self_initialising = true;
  return {scale_out_node(changed(tests::sample_facts(tests::physical_cm_url)), run, "0").plan,
          scale_out_node(changed(archive), run, "0").plan,
          scale_out_node(changed(by_itself), run, "0").plan,
          scale_out_region(changed(tests::sample_region_facts()), run, "0").plan};
}

void expect_short(const plan::Plan& plan) {
  std::vector<plan::Action> actions;
  for (const auto* stages : {&plan.stages, &plan.back})
    for (const plan::Step* step : plan::steps_of(*stages)) {
      actions.insert(actions.end(), step->apply.begin(), step->apply.end());
      for (const plan::Probe& probe : step->ensures)
        actions.emplace_back(plan::Await{probe, 1});
    }
  for (const plan::Action& action : actions)
    EXPECT_LE(length_of(remote::text_of(remote::after_others(plan::calls_of(action), 3600))),
              longest)
        << plan::headline(action);
}

TEST(Calls, OfEveryPlanHaveAScript) {
  for (const plan::Plan& plan : plans([](Facts facts) { return facts; })) {
    expect_short(plan);
    EXPECT_FALSE(plan::functions(plan).empty());
  }
}

TEST(Calls, OfAPlanWithLongNamesFitIntoOneArgument) {
  for (const plan::Plan& plan : plans(with_long_names))
    expect_short(plan);
}

TEST(Calls, AreShownWithTheFunctionsThatTheyNeed) {
  const plan::Plan plan =
      scale_out_node(tests::sample_facts(tests::physical_cm_url), "20261122-151100-7f3a", "0").plan;
  const std::string functions = plan::functions(plan);
  for (const plan::Step* step : plan::steps_of(plan.stages))
    for (const plan::Action& action : step->apply)
      for (const remote::Call& call : plan::calls_of(action))
        EXPECT_NE(functions.find("\n" + call.script + "() ("), std::string::npos) << call.script;
  EXPECT_NE(functions.find("run_job='"), std::string::npos);
}

/// Keeps what it is asked and answers nothing.
class Listener final : public remote::Host {
 public:
  [[nodiscard]] const std::string& name() const noexcept override { return name_; }
  remote::Connection connect(const std::stop_token& /*stop*/) override {
    return {true, true, "root", "", "", ""};
  }
  [[nodiscard]] remote::Result run(const remote::HostCommand& command,
                                   const std::stop_token& /*stop*/) override {
    asked.push_back(command.script);
    return {};
  }
  [[nodiscard]] std::filesystem::path forward(const std::string& /*address*/,
                                              std::uint16_t /*port*/) override {
    return {};
  }
  std::vector<std::string> asked;

 private:
  std::string name_ = "h";
};

TEST(Calls, OfEveryLookAtAHostFitIntoOneArgument) {
  for (const bool long_names : {false, true}) {
    Facts facts = tests::sample_facts(tests::physical_cm_url);
    if (long_names)
      facts = with_long_names(facts);
    facts.target.tsdb.enabled = true;
    facts.target.tsdb.url = "192.0.2.5:8086";
    for (facts::NodeFacts node : facts.nodes) {
      Listener host;
      facts::ask_host(node, host, {});
      facts::ask_config(node, facts.container_on(node.address), host);
      facts::DetailQuestions questions = facts::detail_questions(facts, node.address);
      questions.read_certificates = true;
      facts::ask_node_details(node, questions, host, {});
      EXPECT_EQ(host.asked.size(), node.existing ? 3U : 2U);
      for (const std::string& text : host.asked)
        EXPECT_LE(length_of(text), longest) << node.address;
    }
  }
}

}  // namespace
}  // namespace omsctl::runbook
