#include "omsctl/facts/gather.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>

#include <fmt/format.h>

#include "omsctl/base/clock.hpp"
#include "omsctl/base/error.hpp"
#include "omsctl/base/lists.hpp"
#include "omsctl/base/parallel.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/facts/host_probes.hpp"

namespace omsctl::facts {
namespace {

using base::contains;
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

/// First round on every node that has not been asked yet.
void ask_hosts(Facts& facts, remote::Fleet& fleet, const Say& say, const std::stop_token& stop) {
  std::vector<NodeFacts*> waiting;
  for (NodeFacts& node : facts.nodes)
    if (!node.connection.reachable && node.connection.failure.empty())
      waiting.push_back(&node);
  if (waiting.empty())
    return;
  say(fmt::format("asking {}", base::count_of(waiting.size(), "host")));
  base::for_each_parallel(waiting.size(), facts.choices.parallel, [&](std::size_t i) {
    ask_one(*waiting[i], fleet, stop);
  });
  stop_if_asked(stop);
}

void add_nodes(Facts& facts, const std::vector<std::string>& addresses) {
  for (const std::string& address : addresses)
    if (facts.node(address) == nullptr) {
      NodeFacts node;
      node.address = address;
      facts.nodes.push_back(node);
    }
}

/// The region's nodes by its rows in `host`, joined through `resource_group` (domain §2).
std::vector<std::string> nodes_by_rows(const Facts& facts) {
  const oms::TablesView& view = facts.metadb.view;
  const std::string code = std::to_string(facts.target.cm_location);
  std::vector<std::string> addresses;
  for (const oms::HostRow& host : view.hosts)
    for (const oms::GroupRow& group : view.groups)
      if (group.id == host.group_id && group.name == code && !contains(addresses, host.ip))
        addresses.push_back(host.ip);
  return addresses;
}

void mark_existing(Facts& facts, const std::vector<std::string>& addresses) {
  for (NodeFacts& node : facts.nodes)
    node.existing = node.existing || contains(addresses, node.address);
}

/// The operator's choice, else the first existing node with a running OMS container, else any that
/// has one.
std::string find_initial(const Facts& facts) {
  if (!facts.choices.from.empty())
    return facts.choices.from;
  const std::string& name = facts.choices.container;
  for (const bool demand_running : {true, false})
    for (const bool demand_existing : {true, false})
      for (const NodeFacts& node : facts.nodes) {
        const oms::Container* container = node.oms_container(name);
        if (container != nullptr && (!demand_running || container->is_running()) &&
            (!demand_existing || node.existing))
          return node.address;
      }
  return "";
}

void apply_choices(Facts& facts) {
  const oms::Container* container = facts.initial_container();
  if (container == nullptr)
    return;
  facts.paths = oms::paths_of(*container);
  if (facts.paths) {
    const Choices& choices = facts.choices;
    const auto prefer = [](std::string& value, const std::string& choice) {
      if (!choice.empty())
        value = choice;
    };
    prefer(facts.paths->config, choices.config_path);
    prefer(facts.paths->logs, choices.logs_dir);
    prefer(facts.paths->store, choices.store_dir);
    prefer(facts.paths->run, choices.run_dir);
    prefer(facts.paths->https_crt, choices.https_crt);
    prefer(facts.paths->https_key, choices.https_key);
  }
  for (const oms::Image& image : facts.initial_node()->images)
    if (image.id == container->image_id)
      facts.image = image;
}

/// The initial node's config.yaml, as parsed values: what the target is compared with.
void read_deployed(Facts& facts) {
  const NodeFacts* initial = facts.initial_node();
  if (initial == nullptr || initial->config_text.empty())
    return;
  try {
    facts.deployed_values = oms::values_of(initial->config_text);
  } catch (const base::Error&) {
    return;  // a rule says so: "config.deployed-unreadable"
  }
  facts.deployed = oms::load_settings(initial->config_text, oms::Origin::deployed).settings;
}

/// Second round, on every node that has not been asked yet: what depends on the initial node's
/// answers.
void ask_details(Facts& facts, remote::Fleet& fleet, const Say& say, const std::stop_token& stop) {
  if (facts.initial_container() == nullptr || !facts.paths)
    return;
  std::vector<NodeFacts*> reachable;
  for (NodeFacts& node : facts.nodes)
    if (node.connection.reachable && node.connection.privileged && node.paths.empty())
      reachable.push_back(&node);
  if (reachable.empty())
    return;
  say(fmt::format("looking closer at {}: config, programs, health, VIP, mounts",
                  base::count_of(reachable.size(), "host")));
  std::vector<DetailQuestions> questions;
  questions.reserve(reachable.size());
  for (const NodeFacts* node : reachable)
    questions.push_back(detail_questions(facts, node->address));
  base::for_each_parallel(reachable.size(), facts.choices.parallel, [&](std::size_t i) {
    ask_node_details(*reachable[i], questions[i], fleet.at(reachable[i]->address), stop);
  });
  stop_if_asked(stop);
}

/// What the operator's archive holds: read whole, which may take minutes.
void read_archive(Facts& facts, const Say& say, const std::stop_token& stop) {
  constexpr base::Seconds between_lines{5};
  std::string& file = facts.choices.image_archive;
  std::error_code error;
  const bool is_there = !file.empty() && (std::filesystem::exists(file, error) || error);
  if (!is_there)
    return;
  const std::string whole = std::filesystem::absolute(file, error).string();
  if (base::is_utf8(whole))  // as plans and reports must be
    file = whole;
  say(fmt::format("reading {}", file));
  base::SystemClock clock;
  base::TimePoint next = clock.now() + between_lines;
  const auto tell = [&](std::uint64_t done, std::uint64_t total) {
    if (clock.now() < next)
      return;
    next = clock.now() + between_lines;
    say(fmt::format("reading {}: {} of {}", file, base::human_size(done), base::human_size(total)));
  };
  facts.archive = oms::read_image_archive(file, tell, stop);
  stop_if_asked(stop);
}

/// Free bytes where `directory` is, or will be.
std::optional<std::uint64_t> free_bytes(std::filesystem::path directory) {
  std::error_code error;
  while (!std::filesystem::exists(directory, error) && directory.has_relative_path())
    directory = directory.parent_path();
  const std::filesystem::space_info space = std::filesystem::space(directory, error);
  return error ? std::nullopt : std::optional<std::uint64_t>(space.available);
}

}  // namespace

Facts gather(const Choices& choices,
             const oms::Settings& target,
             const std::string& target_text,
             remote::Fleet& fleet,
             const Say& say,
             const std::stop_token& stop) {
  Facts facts;
  facts.choices = choices;
  facts.target = target;
  facts.target_text = target_text;
  facts.target_values = oms::values_of(target_text);
  facts.state_free_bytes = free_bytes(choices.state_dir);
  add_nodes(facts, target.cm_nodes);
  if (!choices.from.empty())
    add_nodes(facts, {choices.from});
  ask_hosts(facts, fleet, say, stop);

  facts.initial = find_initial(facts);
  say("asking the MetaDB");
  gather_metadb(facts, fleet);
  add_nodes(facts, nodes_by_rows(facts));
  mark_existing(facts, nodes_by_rows(facts));
  ask_hosts(facts, fleet, say, stop);

  facts.initial = find_initial(facts);
  mark_existing(facts, {facts.initial});
  apply_choices(facts);
  ask_details(facts, fleet, say, stop);
  read_deployed(facts);
  if (facts.deployed) {
    // Nodes that only the deployed cm_nodes know: never in the MetaDB, or their rows are gone.
    add_nodes(facts, facts.deployed->cm_nodes);
    // One that was taken for a new node is asked again, as the existing node that it is.
    for (NodeFacts& node : facts.nodes)
      if (!node.existing && contains(facts.deployed->cm_nodes, node.address))
        node.paths.clear();
    mark_existing(facts, facts.deployed->cm_nodes);
    ask_hosts(facts, fleet, say, stop);
    ask_details(facts, fleet, say, stop);
    gather_dependents(facts, fleet);
  }
  read_archive(facts, say, stop);
  return facts;
}

}  // namespace omsctl::facts
