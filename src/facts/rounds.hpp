/// The rounds of questions that make up the facts. Private to this room.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "omsctl/facts/gather.hpp"

namespace omsctl::facts {

/// Fills one Facts, part by part; each part is asked of all hosts side by side.
class Rounds {
 public:
  Rounds(Facts& facts, remote::Fleet& fleet, const Say& say, std::stop_token stop)
      : facts_(facts), fleet_(fleet), say_(say), stop_(std::move(stop)) {}

  void add(const std::vector<std::string>& addresses);
  void mark_existing(const std::vector<std::string>& addresses);
  /// First round, on every node of the facts that has not been asked yet.
  void ask_hosts();
  /// The same, on hosts that are not nodes of the facts (yet).
  void ask(std::vector<NodeFacts>& nodes);
  void ask_metadb();
  /// Image and paths of the initial node's container, the operator's choices applied.
  void look_at_container();
  /// Second round, on every node that has not been asked yet: what depends on the initial node's
  /// answers.
  void ask_details();
  /// The initial node's config.yaml as parsed values: what the target is compared with.
  void read_deployed();
  /// What the operator's archive holds: read whole, which may take minutes.
  void read_archive();

 private:
  void ask_side_by_side(const std::vector<NodeFacts*>& nodes);

  Facts& facts_;
  remote::Fleet& fleet_;
  const Say& say_;
  std::stop_token stop_;
};

}  // namespace omsctl::facts
