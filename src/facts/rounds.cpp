#include "rounds.hpp"

#include <filesystem>

#include <fmt/format.h>

#include "omsctl/base/clock.hpp"
#include "omsctl/base/error.hpp"
#include "omsctl/base/lists.hpp"
#include "omsctl/base/parallel.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/config/settings.hpp"
#include "omsctl/config/values.hpp"
#include "omsctl/docker/container.hpp"
#include "omsctl/docker/image.hpp"
#include "omsctl/docker/image_archive.hpp"
#include "omsctl/facts/host_probes.hpp"

namespace omsctl::facts {
namespace {

void stop_if_asked(const std::stop_token& stop) {
  if (stop.stop_requested())
    throw base::Error(base::Code::interrupted,
                      "interrupted while finding out what is there; nothing was changed");
}

/// A name that must not reach an ssh client (from the MetaDB, say) is a host that is not reached.
void ask_one(NodeFacts& node, remote::Fleet& fleet, const std::stop_token& stop) {
  try {
    ask_host(node, fleet.at(node.address), stop);
  } catch (const base::Error& error) {
    if (error.code() != base::Code::usage)
      throw;
    node.connection.failure = "unreachable";
    node.connection.reason = error.what();
    node.connection.hint = error.hint();
  }
}

}  // namespace

void Rounds::add(const std::vector<std::string>& addresses) {
  for (const std::string& address : addresses)
    if (facts_.node(address) == nullptr) {
      NodeFacts node;
      node.address = address;
      facts_.nodes.push_back(node);
    }
}

void Rounds::mark_existing(const std::vector<std::string>& addresses) {
  for (NodeFacts& node : facts_.nodes)
    node.existing = node.existing || base::contains(addresses, node.address);
}

void Rounds::ask_side_by_side(const std::vector<NodeFacts*>& nodes) {
  if (nodes.empty())
    return;
  say_(fmt::format("asking {}", base::count_of(nodes.size(), "host")));
  base::for_each_parallel(nodes.size(), facts_.choices.parallel, [&](std::size_t i) {
    ask_one(*nodes[i], fleet_, stop_);
  });
  stop_if_asked(stop_);
}

void Rounds::ask_hosts() {
  std::vector<NodeFacts*> waiting;
  for (NodeFacts& node : facts_.nodes)
    if (!node.connection.reachable && node.connection.failure.empty())
      waiting.push_back(&node);
  ask_side_by_side(waiting);
}

void Rounds::ask(std::vector<NodeFacts>& nodes) {
  std::vector<NodeFacts*> all;
  all.reserve(nodes.size());
  for (NodeFacts& node : nodes)
    all.push_back(&node);
  ask_side_by_side(all);
}

void Rounds::ask_metadb() {
  say_("asking the MetaDB");
  gather_metadb(facts_, fleet_);
}

void Rounds::look_at_container() {
  const docker::Container* container = facts_.initial_container();
  if (container == nullptr)
    return;
  facts_.paths = oms::paths_of(*container);
  if (facts_.paths) {
    const Choices& choices = facts_.choices;
    const auto prefer = [](std::string& value, const std::string& choice) {
      if (!choice.empty())
        value = choice;
    };
    prefer(facts_.paths->config, choices.config_path);
    prefer(facts_.paths->logs, choices.logs_dir);
    prefer(facts_.paths->store, choices.store_dir);
    prefer(facts_.paths->run, choices.run_dir);
    prefer(facts_.paths->https_crt, choices.https_crt);
    prefer(facts_.paths->https_key, choices.https_key);
  }
  for (const docker::Image& image : facts_.initial_node()->images)
    if (image.id == container->image_id)
      facts_.image = image;
}

void Rounds::ask_details() {
  if (facts_.initial_container() == nullptr || !facts_.paths)
    return;
  std::vector<NodeFacts*> reachable;
  for (NodeFacts& node : facts_.nodes)
    if (node.connection.reachable && node.connection.privileged && node.paths.empty())
      reachable.push_back(&node);
  if (reachable.empty())
    return;
  say_(fmt::format("looking closer at {}: config, programs, health, VIP, mounts",
                   base::count_of(reachable.size(), "host")));
  std::vector<DetailQuestions> questions;
  questions.reserve(reachable.size());
  for (const NodeFacts* node : reachable)
    questions.push_back(detail_questions(facts_, node->address));
  base::for_each_parallel(reachable.size(), facts_.choices.parallel, [&](std::size_t i) {
    ask_node_details(*reachable[i], questions[i], fleet_.at(reachable[i]->address), stop_);
  });
  stop_if_asked(stop_);
}

void Rounds::read_deployed() {
  const NodeFacts* initial = facts_.initial_node();
  if (initial == nullptr || initial->config_text.empty())
    return;
  try {
    facts_.deployed_values = config::values_of(initial->config_text);
  } catch (const base::Error&) {
    return;  // a rule says so: "config.deployed-unreadable"
  }
  facts_.deployed = config::load_settings(initial->config_text, config::Origin::deployed).settings;
}

void Rounds::read_archive() {
  constexpr base::Seconds between_lines{5};
  std::string& file = facts_.choices.image_archive;
  std::error_code error;
  const bool is_there = !file.empty() && (std::filesystem::exists(file, error) || error);
  if (!is_there)
    return;
  const std::string whole = std::filesystem::absolute(file, error).string();
  if (base::is_utf8(whole))  // as plans and reports must be
    file = whole;
  say_(fmt::format("reading {}", file));
  base::SystemClock clock;
  base::TimePoint next = clock.now() + between_lines;
  const auto tell = [&](std::uint64_t done, std::uint64_t total) {
    if (clock.now() < next)
      return;
    next = clock.now() + between_lines;
    say_(
        fmt::format("reading {}: {} of {}", file, base::human_size(done), base::human_size(total)));
  };
  facts_.archive = docker::read_image_archive(file, tell, stop_);
  stop_if_asked(stop_);
}

}  // namespace omsctl::facts
