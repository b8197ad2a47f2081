#include <optional>

#include <fmt/format.h>

#include "omsctl/base/text.hpp"
#include "omsctl/checks/rules.hpp"
#include "omsctl/run/store/copy_seal.hpp"

namespace omsctl::checks {
namespace {

using facts::Facts;
using facts::NodeFacts;

/// Bytes. What a run itself writes in one place: copies of config.yaml, rows, the output of
/// docker_init.sh, and the room that it reserves for them.
constexpr std::uint64_t least_free = 32ULL << 20U;
/// Bytes per mount of a new node; the vendor's own tool warns below it (oms §1.2).
constexpr std::uint64_t wanted_free = 50ULL << 30U;

constexpr std::string_view this_machine = "this machine";

void require_room(const std::string& place,
                  const std::string& path,
                  std::optional<std::uint64_t> free,
                  std::uint64_t wanted,
                  Findings& findings) {
  if (free.value_or(0) < least_free)
    findings.push_back(
        {"disk.full",
         Severity::error,
         place,
         free ? fmt::format("{} free for {}", base::human_size(*free), path)
              : fmt::format("the free space for {} cannot be told", path),
         fmt::format(
             "make room there: a run needs {} at least{}",
             base::human_size(least_free),
             place == this_machine ? "; or choose another place with --state-dir DIR" : "")});
  else if (*free < wanted)
    findings.push_back({"disk.space",
                        Severity::warning,
                        place,
                        fmt::format("{} free for {}", base::human_size(*free), path),
                        fmt::format("the vendor asks for {} at least", base::human_size(wanted))});
}

/// A node that lacks the image gets the archive as a file before it is loaded.
void check_room_for_archive(const Facts& facts, const NodeFacts& node, Findings& findings) {
  if (!facts.archive || !facts.image || facts.initial_container() == nullptr || node.existing ||
      node.paths.empty() || facts.has_image(node))
    return;
  const facts::Room room = facts.room_for_archive(node);
  const std::uint64_t wanted = facts.archive->size + least_free;
  if (room.free_bytes.value_or(0) < wanted)
    findings.push_back({"disk.full",
                        Severity::error,
                        node.address,
                        fmt::format("{} for the image archive in {}",
                                    room.free_bytes ? base::human_size(*room.free_bytes) + " free"
                                                    : "no known room",
                                    room.directory),
                        fmt::format("make room there: the archive takes {} until it is loaded",
                                    base::human_size(facts.archive->size))});
}

void check_node(const Facts& facts, const NodeFacts& node, Findings& findings) {
  const auto look = [&](const std::string& path, std::uint64_t wanted) {
    const auto seen = node.paths.find(path);
    if (seen != node.paths.end())
      require_room(node.address, path, seen->second.free_bytes, wanted, findings);
  };
  const oms::NodePaths paths = facts.paths_on(node.address);
  look(paths.config, 0);
  look(paths.logs, node.runs_oms() ? 0 : wanted_free);
  if (!node.runs_oms()) {
    look(paths.store, wanted_free);
    look(paths.run, wanted_free);
  }
  look("/tmp", 0);  // `docker exec` writes there
  if (node.address == facts.initial)
    look(std::string(run::copies_on_host), 0);
  check_room_for_archive(facts, node, findings);
}

}  // namespace

void check_disks(const Facts& facts, Findings& findings) {
  if (facts.state_free_bytes)
    require_room(
        std::string(this_machine), facts.choices.state_dir, *facts.state_free_bytes, 0, findings);
  for (const NodeFacts& node : facts.nodes)
    check_node(facts, node, findings);
}

}  // namespace omsctl::checks
