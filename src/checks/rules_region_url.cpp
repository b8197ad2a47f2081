#include <fmt/format.h>

#include "omsctl/base/error.hpp"
#include "omsctl/base/lists.hpp"
#include "omsctl/config/address.hpp"

#include "rules_region.hpp"

namespace omsctl::checks {

using base::contains;
using facts::Facts;
using oms::RegionRow;

namespace {

void refuse(const Facts& facts,
            Findings& findings,
            const char* id,
            std::string evidence,
            std::string fix,
            bool skippable) {
  findings.push_back({id,
                      Severity::error,
                      facts.choices.config_file,
                      std::move(evidence),
                      std::move(fix),
                      skippable});
}

/// What leads to another region's place.
void check_taken(const Facts& facts, Findings& findings) {
  const config::CmUrl& wanted = facts.target.cm_url;
  for (const RegionRow& region : facts.metadb.view.regions) {
    bool taken = plain(region.cm_url) == plain(wanted.text);
    bool shared = false;
    try {
      const config::CmUrl other = config::parse_cm_url(region.cm_url);
      shared = config::same_host(other.host, wanted.host);
      taken = taken || (shared && other.port == wanted.port);
    } catch (const base::Error&) {
      // Not readable as a URL: compared as text alone.
    }
    if (shared && !taken && facts.region_of(wanted.host) == nullptr)
      refuse(facts,
             findings,
             "region.cm-url-shared",
             fmt::format(
                 "cm_url {} has the host of another region's: {}", wanted.text, row_of(region)),
             "take a VIP or domain of the new region's own: its console is asked for on the same "
             "host, where the other region's would answer",
             true);
    if (taken)
      refuse(facts,
             findings,
             "region.cm-url-taken",
             fmt::format("cm_url {} is another region's: {}", wanted.text, row_of(region)),
             "each region has a VIP, domain or address of its own",
             false);
  }
  const RegionRow* owner = facts.region_of(wanted.host);
  if (owner != nullptr && !contains(facts.target.cm_nodes, wanted.host))
    refuse(facts,
           findings,
           "region.cm-url-foreign",
           fmt::format("cm_url names {}, a node of {}", wanted.host, name_of(*owner)),
           "set it to the new region's own VIP, domain or node",
           false);
}

/// What leads nowhere, though the place is the region's own.
void check_answers(const Facts& facts, Findings& findings) {
  const config::CmUrl& wanted = facts.target.cm_url;
  const bool others_scheme = facts.deployed && facts.deployed->cm_url.scheme != wanted.scheme;
  if (others_scheme)
    refuse(
        facts,
        findings,
        "region.cm-url-scheme",
        fmt::format("cm_url begins with {}://, that of the initial node {} with {}://",
                    wanted.scheme,
                    facts.initial,
                    facts.deployed->cm_url.scheme),
        fmt::format("write {}://: a certificate is for the console, the CM's port speaks what it "
                    "speaks in the other regions",
                    facts.deployed->cm_url.scheme),
        true);
  const int cm_port = facts.target.ports.cm.number;
  if (contains(facts.target.cm_nodes, wanted.host) && wanted.port.number != cm_port)
    refuse(facts,
           findings,
           "region.cm-url-port",
           fmt::format("cm_url names the node {} at port {}, but its CM will listen on {} "
                       "(cm_server_port)",
                       wanted.host,
                       wanted.port.number,
                       cm_port),
           "only a VIP, balancer or domain can lead from one port to another: write the CM's port",
           true);
}

}  // namespace

void check_region_url(const Facts& facts, Findings& findings) {
  check_taken(facts, findings);
  check_answers(facts, findings);
}

}  // namespace omsctl::checks
