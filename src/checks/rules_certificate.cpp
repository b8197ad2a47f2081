#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

#include "omsctl/base/text.hpp"
#include "omsctl/checks/rules.hpp"
#include "omsctl/oms/certificate.hpp"
#include "omsctl/remote/shell.hpp"

namespace omsctl::checks {
namespace {

using facts::Facts;
using facts::NodeFacts;

/// This machine's time when the node was asked, in seconds since the epoch.
std::time_t time_of(const NodeFacts& node) {
  return static_cast<std::time_t>(
      std::llround(std::strtod(node.clock.c_str(), nullptr) - node.clock_skew));
}

/// What nginx of a new node could not serve with; `renew` says where to renew the pair.
void check_pair(const Facts& facts,
                const NodeFacts& node,
                const std::string& renew,
                Findings& findings) {
  using Kind = oms::CertificateProblem::Kind;
  const std::string pair = fmt::format("{}, {}", facts.paths->https_crt, facts.paths->https_key);
  for (const oms::CertificateProblem& problem :
       oms::certificate_problems(node.https_crt.reveal(), node.https_key, time_of(node))) {
    const std::string evidence = fmt::format("{} ({})", problem.text, pair);
    switch (problem.kind) {
      case Kind::unreadable:
        findings.push_back({"certificate.unreadable",
                            Severity::error,
                            node.address,
                            evidence,
                            "nginx needs a PEM certificate and its PEM private key, without a "
                            "password, in the two files",
                            false});
        break;
      case Kind::mismatch:
        findings.push_back({"certificate.mismatch",
                            Severity::error,
                            node.address,
                            evidence,
                            "put the key of this certificate there: nginx of a new node would "
                            "not start",
                            false});
        break;
      case Kind::expired:
        findings.push_back({"certificate.expired", Severity::error, node.address, evidence, renew});
        break;
      case Kind::expires_soon:
        findings.push_back(
            {"certificate.expires-soon", Severity::warning, node.address, evidence, renew});
        break;
    }
  }
}

/// What the nodes of a new region have already is mounted from where it lies.
void check_brought(const Facts& facts, const NodeFacts& node, Findings& findings) {
  const std::string& key = facts.paths->https_key;
  std::vector<std::string> absent;
  for (const std::string& path : {facts.paths->https_crt, key})
    if (node.paths.at(path).kind != facts::PathFacts::Kind::file)
      absent.push_back(path);
  if (!absent.empty()) {
    findings.push_back({"certificate.absent",
                        Severity::error,
                        node.address,
                        fmt::format("there is no file {}", base::join(absent, ", no file ")),
                        "put the region's certificate and its key (0600) on each of its nodes, or "
                        "leave --https-crt and --https-key out: then they get a copy of the "
                        "initial node's, if it has one",
                        false});
    return;
  }
  const std::string& mode = node.paths.at(key).mode;
  if ((std::strtol(mode.c_str(), nullptr, 8) & 077) != 0)
    findings.push_back({"certificate.key-mode",
                        Severity::error,
                        node.address,
                        fmt::format("others than its owner may use {}: mode {}", key, mode),
                        fmt::format("ssh {} \"chmod 600 {}\"", node.address, remote::quote(key))});
  check_pair(facts, node, "put a valid one there before the region's containers start", findings);
}

}  // namespace

/// What new nodes get from the initial node, or have already, must have been read, and nginx must
/// be able to use it.
void check_certificate(const Facts& facts, Findings& findings) {
  const NodeFacts& node = *facts.initial_node();
  if (!facts.paths || !facts.initial_container()->is_running())
    return;
  if (facts.brings_certificate()) {
    for (const std::string& address : facts.added())
      if (const NodeFacts* added = facts.node(address); added != nullptr && !added->paths.empty())
        check_brought(facts, *added, findings);
    return;
  }
  const oms::NodePaths own = facts.paths_on(node.address);
  if (own.https_crt.empty() != own.https_key.empty())
    findings.push_back({"certificate.half",
                        Severity::error,
                        node.address,
                        own.https_crt.empty()
                            ? fmt::format("its container has the key {} mounted, but no "
                                          "certificate",
                                          own.https_key)
                            : fmt::format("its container has the certificate {} mounted, but no "
                                          "key",
                                          own.https_crt),
                        "start it with both or with neither, as the guide does",
                        false});
  else if (facts.paths->has_https() && !own.has_https())
    findings.push_back({"node.certificate",
                        Severity::error,
                        node.address,
                        "the initial node serves http, with no certificate mounted: new nodes "
                        "must do the same",
                        "leave --https-crt and --https-key out",
                        false});
  else if (facts.paths->has_https() && (node.https_crt.empty() || node.https_key.empty()))
    findings.push_back({"node.certificate",
                        Severity::error,
                        node.address,
                        fmt::format(R"(its https certificate or key cannot be read: "{}", "{}")",
                                    own.https_crt,
                                    own.https_key),
                        "mount both files as the guide does, readable for root",
                        false});
  else if (facts.paths->has_https())
    check_pair(
        facts,
        node,
        "renew it on the initial node first: each new node gets a copy, to be renewed then as well",
        findings);
}

}  // namespace omsctl::checks
