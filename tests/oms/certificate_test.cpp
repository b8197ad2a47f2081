#include "omsctl/oms/certificate.hpp"

#include <gtest/gtest.h>

#include "oms/certificate_samples.hpp"

namespace omsctl::oms {
namespace {

using base::Secret;
using tests::KeyPair;
using Kind = CertificateProblem::Kind;

constexpr std::time_t day = 24L * 3600;
constexpr std::time_t now = 1'800'000'000;  // 2027-01-15 08:00:00 UTC

class Certificate : public testing::Test {
 protected:
  /// The one problem's kind; fails the test when there is another number of them.
  CertificateProblem problem(const std::string& crt, const std::string& key) const {
    const auto problems = certificate_problems(crt, Secret(key), now);
    EXPECT_EQ(problems.size(), 1U);
    return problems.empty() ? CertificateProblem{} : problems.front();
  }
  [[nodiscard]] std::string good() const { return pair_.certificate(now - day, now + 365 * day); }

  KeyPair pair_;
};

TEST_F(Certificate, WithItsKeyIsFine) {
  EXPECT_TRUE(certificate_problems(good(), Secret(pair_.key()), now).empty());
}

TEST_F(Certificate, MayStandBeforeItsChain) {
  const std::string chain = good() + KeyPair().certificate(now - 2 * day, now - day);
  EXPECT_TRUE(certificate_problems(chain, Secret(pair_.key()), now).empty());
}

TEST_F(Certificate, OfAnotherKeyIsAMismatch) {
  const CertificateProblem found = problem(good(), KeyPair().key());
  EXPECT_EQ(found.kind, Kind::mismatch);
  EXPECT_TRUE(found.is_error());
}

TEST_F(Certificate, ThatHasExpiredIsToldWithItsDate) {
  const CertificateProblem found =
      problem(pair_.certificate(now - 9 * day, now - day), pair_.key());
  EXPECT_EQ(found.kind, Kind::expired);
  EXPECT_EQ(found.text, "the certificate expired on 2027-01-14 08:00:00 UTC");
  EXPECT_TRUE(found.is_error());
}

TEST_F(Certificate, ThatIsNotValidYetIsToldWithItsDate) {
  const CertificateProblem found =
      problem(pair_.certificate(now + day, now + 365 * day), pair_.key());
  EXPECT_EQ(found.kind, Kind::expired);
  EXPECT_EQ(found.text, "the certificate is not valid before 2027-01-16 08:00:00 UTC");
}

TEST_F(Certificate, IsWarnedOfThirtyDaysBeforeItsEnd) {
  const CertificateProblem found =
      problem(pair_.certificate(now - day, now + 30 * day - 1), pair_.key());
  EXPECT_EQ(found.kind, Kind::expires_soon);
  EXPECT_EQ(found.text, "the certificate expires on 2027-02-14 07:59:59 UTC");
  EXPECT_FALSE(found.is_error());
  EXPECT_TRUE(certificate_problems(
                  pair_.certificate(now - day, now + 30 * day + 1), Secret(pair_.key()), now)
                  .empty());
}

TEST_F(Certificate, ThatIsNoneIsUnreadable) {
  for (const std::string& text : {std::string(),
                                  std::string("hello"),
                                  pair_.key(),
                                  std::string("-----BEGIN CERTIFICATE-----\nAAAA\n"),
                                  good().substr(0, good().size() / 2),
                                  std::string(100'000, '\0')}) {
    const CertificateProblem found = problem(text, pair_.key());
    EXPECT_EQ(found.kind, Kind::unreadable);
    EXPECT_EQ(found.text, "the certificate's file holds no PEM certificate");
  }
}

TEST_F(Certificate, WithoutAKeyIsUnreadable) {
  const std::string half = pair_.key().substr(0, pair_.key().size() / 2);
  for (const std::string& text : {std::string(), std::string("hello"), good(), half}) {
    const CertificateProblem found = problem(good(), text);
    EXPECT_EQ(found.kind, Kind::unreadable);
    EXPECT_EQ(found.text, "the key's file holds no PEM private key");
  }
}

TEST_F(Certificate, WhoseKeyAsksForAPasswordIsUnreadable) {
  const CertificateProblem found = problem(good(), pair_.encrypted_key());
  EXPECT_EQ(found.kind, Kind::unreadable);
  EXPECT_EQ(found.text, "the key asks for a password: nginx would wait for it at its start");
}

TEST_F(Certificate, AllProblemsAreToldAtOnce) {
  const auto problems =
      certificate_problems(pair_.certificate(now - 9 * day, now - day), Secret("x"), now);
  ASSERT_EQ(problems.size(), 2U);
  EXPECT_EQ(problems[0].kind, Kind::unreadable);
  EXPECT_EQ(problems[1].kind, Kind::expired);
}

}  // namespace
}  // namespace omsctl::oms
