#include <functional>

#include <gtest/gtest.h>

#include "omsctl/checks/rules.hpp"

#include "checks/find.hpp"
#include "oms/certificate_samples.hpp"
#include "support/sample_facts.hpp"

// The https certificate of a new region's own, which lies on its nodes already.
namespace omsctl::checks {
namespace {

using facts::Facts;
using facts::NodeFacts;
using facts::PathFacts;

constexpr std::time_t now = 1'800'000'000;
constexpr std::time_t year = 365L * 24 * 3600;

/// A region whose nodes have it, while the initial node serves http.
Facts with_certificate() {
  Facts facts = tests::sample_region_facts();
  facts.choices.https_crt = "/tls/crt";
  facts.choices.https_key = "/tls/key";
  facts.paths->https_crt = facts.choices.https_crt;
  facts.paths->https_key = facts.choices.https_key;
  const tests::KeyPair pair;
  for (NodeFacts& node : facts.nodes) {
    if (node.elsewhere)
      continue;
    node.clock = "1800000000";
    node.paths["/tls/crt"] = {PathFacts::Kind::file, "644", "0:0", false, 1ULL << 30U, "/tls/crt"};
    node.paths["/tls/key"] = {PathFacts::Kind::file, "600", "0:0", false, 1ULL << 30U, "/tls/key"};
    node.https_crt = base::Secret(pair.certificate(now - 1, now + year));
    node.https_key = base::Secret(pair.key());
  }
  return facts;
}

TEST(RegionsOwnCertificate, IsFineBesideARegionWithHttp) {
  const Findings findings = check_region(with_certificate(), {});
  EXPECT_FALSE(has_errors(findings)) << describe(findings);
}

struct Case {
  const char* name;
  std::function<void(NodeFacts&)> spoil;
  const char* id;
  const char* evidence;
};

class RegionsOwnCertificateRefused : public testing::TestWithParam<Case> {};

TEST_P(RegionsOwnCertificateRefused, OnTheNodeThatHasIt) {
  Facts facts = with_certificate();
  GetParam().spoil(facts.nodes[1]);
  const Findings findings = check_region(facts, {});
  const Finding* finding = find(findings, GetParam().id);
  ASSERT_NE(finding, nullptr) << describe(findings);
  EXPECT_EQ(finding->severity, Severity::error);
  EXPECT_EQ(finding->where, "192.0.2.22");
  EXPECT_NE(finding->evidence.find(GetParam().evidence), std::string::npos) << finding->evidence;
  EXPECT_EQ(findings.size(), 1U) << describe(findings);
}

INSTANTIATE_TEST_SUITE_P(
    Rules,
    RegionsOwnCertificateRefused,
    testing::Values(Case{"NoKey",
                         [](NodeFacts& n) { n.paths["/tls/key"].kind = PathFacts::Kind::absent; },
                         "certificate.absent",
                         "there is no file /tls/key"},
                    Case{
                        "ADirectoryInsteadOfTheCertificate",
                        [](NodeFacts& n) { n.paths["/tls/crt"].kind = PathFacts::Kind::directory; },
                        "certificate.absent",
                        "there is no file /tls/crt"},
                    Case{"AKeyThatOthersMayRead",
                         [](NodeFacts& n) { n.paths["/tls/key"].mode = "640"; },
                         "certificate.key-mode",
                         "/tls/key: mode 640"},
                    Case{"AnothersKey",
                         [](NodeFacts& n) { n.https_key = base::Secret(tests::KeyPair().key()); },
                         "certificate.mismatch",
                         "/tls/crt, /tls/key"},
                    Case{"Expired",
                         [](NodeFacts& n) {
                           const tests::KeyPair pair;
                           n.https_crt = base::Secret(pair.certificate(now - year, now - 1));
                           n.https_key = base::Secret(pair.key());
                         },
                         "certificate.expired",
                         "expired on 2027"}),
    [](const testing::TestParamInfo<Case>& test) { return test.param.name; });

TEST(RegionsOwnCertificate, IsNotLookedForOnANodeThatCouldNotBeAsked) {
  Facts facts = with_certificate();
  facts.nodes[1].paths.clear();
  facts.nodes[1].connection = {false, false, "", "unreachable", "no route to host", ""};
  const Findings findings = check_region(facts, {});
  EXPECT_EQ(find(findings, "certificate.absent"), nullptr);
  EXPECT_NE(find(findings, "host.unreachable"), nullptr);
}

}  // namespace
}  // namespace omsctl::checks
