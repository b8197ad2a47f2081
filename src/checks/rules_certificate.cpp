#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

#include "omsctl/checks/rules.hpp"
#include "omsctl/oms/certificate.hpp"

namespace omsctl::checks {
namespace {

using facts::Facts;
using facts::NodeFacts;

/// This machine's time when the node was asked, in seconds since the epoch.
std::time_t time_of(const NodeFacts& node) {
  return static_cast<std::time_t>(
      std::llround(std::strtod(node.clock.c_str(), nullptr) - node.clock_skew));
}

/// The pair that new nodes get.
void check_pair(const Facts& facts, const NodeFacts& node, Findings& findings) {
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
        findings.push_back({"certificate.expired",
                            Severity::error,
                            node.address,
                            evidence,
                            "renew it on the initial node first: new nodes get a copy of it"});
        break;
      case Kind::expires_soon:
        findings.push_back({"certificate.expires-soon",
                            Severity::warning,
                            node.address,
                            evidence,
                            "new nodes get a copy of it: each has to be renewed then"});
        break;
    }
  }
}

}  // namespace

/// What new nodes get from the initial node must have been read, and nginx must be able to use it.
void check_certificate(const Facts& facts, Findings& findings) {
  const NodeFacts& node = *facts.initial_node();
  if (!facts.paths || !facts.initial_container()->is_running())
    return;
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
    check_pair(facts, node, findings);
}

}  // namespace omsctl::checks
