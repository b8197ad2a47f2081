#include <gtest/gtest.h>

#include "omsctl/checks/rules.hpp"
#include "omsctl/docker/image.hpp"
#include "omsctl/docker/image_archive.hpp"

#include "checks/find.hpp"
#include "oms/certificate_samples.hpp"
#include "support/sample_facts.hpp"

// The rules about what new nodes are given: the image's archive, the certificate and its key.
namespace omsctl::checks {
namespace {

using facts::Facts;
using facts::NodeFacts;
using tests::physical_cm_url;
using tests::sample_facts;

void give_archive(Facts& facts) {
  facts.choices.image_archive = "/srv/oms.tar";
  facts.archive = docker::ImageArchive{"", "", "aa", 3ULL << 30U, {*facts.image}};
}

void mount(Facts& facts, const char* file, std::string_view inside) {
  facts.nodes[0].containers[0].mounts.push_back({file, std::string(inside), false});
  facts.paths = oms::paths_of(facts.nodes[0].containers[0]);
}

/// The initial node serves https with this pair, at a time of which only seconds count.
void serve_https(Facts& facts, const std::string& crt, const std::string& key) {
  mount(facts, "/data/crt", oms::crt_in_container);
  mount(facts, "/data/key", oms::key_in_container);
  facts.nodes[0].https_crt = base::Secret(crt);
  facts.nodes[0].https_key = base::Secret(key);
  facts.nodes[0].clock = "1800000100.5";
  facts.nodes[0].clock_skew = 100.5;
}

constexpr std::time_t now = 1'800'000'000;
constexpr std::time_t year = 365L * 24 * 3600;

class WhatNewNodesGet : public testing::TestWithParam<Case> {};

TEST_P(WhatNewNodesGet, NamesThePlaceAndTheFix) {
  Facts facts = sample_facts(physical_cm_url);
  GetParam().spoil(facts);
  expect_refused(check_node(facts, {}), GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    Rules,
    WhatNewNodesGet,
    testing::Values(
        Case{"CertificateUnreadable",
             [](Facts& f) {
               auto& mounts = f.nodes[0].containers[0].mounts;
               mounts.push_back({"/data/crt", "/etc/pki/nginx/oms_server.crt", false});
               mounts.push_back({"/data/key", "/etc/pki/nginx/oms_server.key", false});
               f.paths = oms::paths_of(f.nodes[0].containers[0]);
             },
             "node.certificate",
             "/data/key"},
        Case{"CertificateForNewNodesAlone",
             [](Facts& f) {
               f.paths->https_crt = "/data/crt";
               f.paths->https_key = "/data/key";
             },
             "node.certificate",
             "serves http"},
        Case{"CertificateWithoutAKey",
             [](Facts& f) { mount(f, "/data/crt", oms::crt_in_container); },
             "certificate.half",
             "the certificate /data/crt mounted, but no key"},
        Case{"KeyWithoutACertificate",
             [](Facts& f) { mount(f, "/data/key", oms::key_in_container); },
             "certificate.half",
             "the key /data/key mounted, but no certificate"},
        Case{"CertificateOfAnotherKey",
             [](Facts& f) {
               serve_https(
                   f, tests::KeyPair().certificate(now - 1, now + year), tests::KeyPair().key());
             },
             "certificate.mismatch",
             "does not belong to the certificate (/data/crt, /data/key)"},
        Case{"CertificateExpired",
             [](Facts& f) {
               const tests::KeyPair pair;
               serve_https(f, pair.certificate(now - year, now - 1), pair.key());
             },
             "certificate.expired",
             "expired on 2027-01-15"},
        Case{"CertificateIsNone",
             [](Facts& f) { serve_https(f, "hello", tests::KeyPair().key()); },
             "certificate.unreadable",
             "no PEM certificate"},
        Case{"ArchiveBroken",
             [](Facts& f) {
               f.choices.image_archive = "/srv/oms.tar";
               f.archive = docker::ImageArchive{"it is empty", "copy it again", "", 0, {}};
             },
             "image.archive-broken",
             "it is empty"},
        Case{"ArchiveOfAnotherVersion",
             [](Facts& f) {
               give_archive(f);
               f.archive->images[0].references = {"oms-lab/oms:feature_4.2.2-ce"};
               f.archive->images[0].layers.emplace_back("sha256:3333");
             },
             "image.archive-other",
             "it holds oms-lab/oms:feature_4.2.2-ce (3 layers); the initial node 192.0.2.11 runs "
             "oms-lab/oms:feature_4.2.1-ce (2 layers)"},
        Case{"ArchiveOfTheSameLayersWithAnotherConfig",
             [](Facts& f) {
               give_archive(f);
               f.archive->images[0].config = "{}";
             },
             "image.archive-other",
             "another image"},
        Case{"NoRoomForTheArchive",
             [](Facts& f) {
               give_archive(f);
               f.archive->size = 501ULL << 30U;
             },
             "disk.full",
             "500 GiB free for the image archive in /data"},
        Case{"ImageOfTheChosenNameIsAnother",
             [](Facts& f) {
               f.choices.image = "chosen:1";
               f.nodes[1].images = f.nodes[0].images;
               f.nodes[1].images[0].references = {"chosen:1"};
               f.nodes[1].images[0].layers = {"sha256:3333"};
             },
             "image.other",
             "chosen:1"},
        Case{"ArchiveMissing",
             [](Facts& f) { f.choices.image_archive = "/nonexistent/oms.tar"; },
             "image.archive-missing",
             "no such file"}),
    [](const testing::TestParamInfo<Case>& test) { return test.param.name; });

TEST(CheckNode, TakesAnArchiveOfTheInitialNodesImage) {
  Facts facts = sample_facts(physical_cm_url);
  give_archive(facts);
  docker::Image other = *facts.image;
  other.references = {"some/tool:1"};
  other.layers = {"sha256:7777"};
  facts.archive->images.insert(facts.archive->images.begin(), other);
  EXPECT_FALSE(has_errors(check_node(facts, {})));
}

TEST(CheckNode, AnArchiveNeedsNoRoomWhereTheImageIs) {
  Facts facts = sample_facts(physical_cm_url);
  give_archive(facts);
  facts.archive->size = 501ULL << 30U;
  for (NodeFacts& node : facts.nodes)
    node.images = {*facts.image};
  EXPECT_EQ(find(check_node(facts, {}), "disk.full"), nullptr);
}

TEST(CheckNode, WarnsOfNamesThatAnArchiveTakesFromOtherImages) {
  Facts facts = sample_facts(physical_cm_url);
  give_archive(facts);
  docker::Image tool = *facts.image;
  tool.references = {"some/tool:1"};
  tool.layers = {"sha256:7777"};
  facts.archive->images.push_back(tool);
  facts.nodes[1].images = {tool};
  EXPECT_EQ(find(check_node(facts, {}), "image.archive-renames"), nullptr);
  facts.nodes[1].images[0].layers = {"sha256:8888"};
  const Findings findings = check_node(facts, {});
  const Finding* finding = find(findings, "image.archive-renames");
  ASSERT_NE(finding, nullptr);
  EXPECT_EQ(finding->severity, Severity::warning);
  EXPECT_EQ(finding->where, "192.0.2.12");
  EXPECT_NE(finding->evidence.find("some/tool:1"), std::string::npos);
}

TEST(CheckNode, WarnsOfACertificateThatExpiresSoon) {
  Facts facts = sample_facts(physical_cm_url);
  const tests::KeyPair pair;
  serve_https(facts, pair.certificate(now - 1, now + 1000), pair.key());
  const Findings findings = check_node(facts, {});
  EXPECT_FALSE(has_errors(findings)) << describe(findings);
  ASSERT_NE(find(findings, "certificate.expires-soon"), nullptr);
  EXPECT_EQ(find(findings, "certificate.expires-soon")->severity, Severity::warning);
}

TEST(CheckNode, TakesAGoodCertificateAndNeverShowsItsKey) {
  Facts facts = sample_facts(physical_cm_url);
  const tests::KeyPair pair;
  serve_https(facts, pair.certificate(now - 1, now + year), pair.key());
  EXPECT_FALSE(has_errors(check_node(facts, {}))) << describe(check_node(facts, {}));
  serve_https(facts, tests::KeyPair().certificate(now - year, now - 1), pair.encrypted_key());
  const std::string told = describe(check_node(facts, {}));
  EXPECT_EQ(told.find("PRIVATE KEY-----"), std::string::npos);
  EXPECT_EQ(told.find(pair.encrypted_key().substr(200, 30)), std::string::npos);
  EXPECT_NE(told.find("certificate.unreadable"), std::string::npos);
}

}  // namespace
}  // namespace omsctl::checks
