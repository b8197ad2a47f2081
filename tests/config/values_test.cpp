#include "omsctl/config/values.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "omsctl/base/error.hpp"
#include "omsctl/config/address.hpp"
#include "omsctl/config/redaction.hpp"

#include "config/settings_samples.hpp"

namespace omsctl::config {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string text_of(const Values& values, const std::string& key) {
  return std::get<std::string>(values.at(key));
}

TEST(Values, AreTextsHoweverWritten) {
  const Values values = values_of(
      "a: 8088\nb: \"8088\"\ncm_is_default: !!bool \"True\"\ninit_db: yes\nc:\nd: [x, 'y']\n");
  EXPECT_EQ(text_of(values, "a"), "8088");
  EXPECT_EQ(text_of(values, "b"), "8088");
  EXPECT_EQ(text_of(values, "cm_is_default"), "true");
  EXPECT_EQ(text_of(values, "init_db"), "true");
  EXPECT_EQ(text_of(values, "c"), "");
  EXPECT_EQ(std::get<std::vector<std::string>>(values.at("d")),
            (std::vector<std::string>{"x", "y"}));
}

TEST(Values, OfAFileWithoutOneMeaningAreAConfigError) {
  for (const std::string text : {"",
                                 "a",
                                 "- a",
                                 "a: 1\na: 2",
                                 "a: {b: c}",
                                 "a: [[b]]",
                                 "a: &x b",
                                 "a: b\n---\nc: d",
                                 "a: ["})
    EXPECT_THROW(static_cast<void>(values_of(text)), base::Error) << text;
}

TEST(Differences, ListChangedAddedAndRemovedKeysWithoutSecrets) {
  const auto found = differences(
      values_of("a: 1\nb: x\noms_meta_password: CANARY\nn: [p]\nsame: 1\n"),
      values_of("a: 2\nc: \"y\\ez\"\noms_meta_password: CANARY2\nn: [p, q]\nsame: '1'\n"));
  std::vector<std::string> lines;
  lines.reserve(found.size());
  for (const Difference& difference : found)
    lines.push_back(difference.key + ": " + difference.before + " -> " + difference.after);
  EXPECT_THAT(lines,
              testing::ElementsAre("a: 1 -> 2",
                                   "b: x -> (absent)",
                                   "c: (absent) -> y\\x1bz",
                                   "n: [p] -> [p, q]",
                                   "oms_meta_password: [redacted] -> [redacted]"));
}

TEST(SecretKeys, ArePasswordsAndAuditKeysUnderAnyName) {
  for (const std::string key : {"oms_meta_password",
                                "tsdb_password",
                                "drc_password",
                                "apsara_audit_sls_access_key",
                                "apsara_audit_sls_access_secret",
                                "OMS_META_PASSWORD",
                                "oms_meta_passwort",
                                "oms_meta_pasword",
                                "tsdb_psasword",
                                "api-token"})
    EXPECT_TRUE(is_secret_key(key)) << key;
  for (const std::string key :
       {"cm_url", "oms_meta_user", "drc_rm_db", "apsara_audit_sls_endpoint", ""})
    EXPECT_FALSE(is_secret_key(key)) << key;
}

class Redacted : public testing::TestWithParam<std::string> {};

TEST_P(Redacted, HidesTheValueAndLeavesTheLinesAroundIt) {
  const std::string text = "cm_region: before\n" + GetParam() + "\ncm_location: 1 # after\n";
  const std::string result = redacted(text);
  EXPECT_THAT(result, Not(HasSubstr("CANARY"))) << result;
  EXPECT_THAT(result, testing::StartsWith("cm_region: before\n"));
  EXPECT_THAT(result, testing::EndsWith("\ncm_location: 1 # after\n"));
  EXPECT_EQ(base::lines_of(result).size(), base::lines_of(text).size());
  EXPECT_EQ(redacted(result), result);
}

INSTANTIATE_TEST_SUITE_P(Forms,
                         Redacted,
                         testing::Values("oms_meta_password: CANARY",
                                         "oms_meta_password: CANARY # CANARY",
                                         "  oms_meta_password: CANARY",
                                         "oms_meta_password:CANARY",
                                         "oms_meta_password :  CANARY",
                                         "oms_meta_password:\tCANARY\r",
                                         "\"oms_meta_password\": \"CANARY CANARY\"",
                                         "'tsdb_password': 'it''s CANARY'",
                                         "\"tsdb_password\": \"a\\\"CANARY\"",
                                         "OMS_META_PASSWORD: CANARY",
                                         "oms_meta_password: !!str \"CANARY\"",
                                         "oms_meta_password: &a CANARY",
                                         "oms_meta_password: |\n  CANARY\n\n  #CANARY\n   CANARY",
                                         "oms_meta_password: >-\n CANARY",
                                         "oms_meta_password:\n  CANARY",
                                         "oms_meta_password:\n  \"CANARY\n  CANARY\"",
                                         "oms_meta_password: \"CANARY\nCANARY\nCANARY\"",
                                         "oms_meta_password: CANARY\n  CANARY: CANARY",
                                         "oms_meta_password: [CANARY,\n  CANARY]",
                                         "{oms_meta_host: h, oms_meta_password: CANARY, a: CANARY}",
                                         "{\"oms_meta_password\":\"CANARY\"}",
                                         "{\"oms_meta_password\":\n\"CANARY\"}",
                                         "? oms_meta_password\n: CANARY",
                                         "? oms_meta_password :\n  CANARY",
                                         "# oms_meta_password: CANARY",
                                         "#oms_meta_password: |\n#  CANARY",
                                         "   # tsdb_password: 'CANARY",
                                         "-oms_meta_password: CANARY\n+oms_meta_password: CANARY",
                                         "+oms_meta_password: |\n+  CANARY",
                                         "cm_url: http://oms:CANARY@192.0.2.1:8088",
                                         "apsara_audit_sls_access_secret: \"CANARY\""));

TEST(Redaction, LeavesATextWithoutSecretsAlone) {
  const std::string text = "a: b\n\n# the password is below\nc: http://x:1/@y\r\nd: 'e\n";
  EXPECT_EQ(redacted(text), text);
  EXPECT_EQ(redacted("oms_meta_password:\ncm_url: x"), "oms_meta_password:\ncm_url: x");
}

TEST(CmUrl, IsTheSamePlaceHoweverWritten) {
  EXPECT_TRUE(
      parse_cm_url("oms.example.com").same_place(parse_cm_url("HTTP://OMS.example.com.:8088/")));
  EXPECT_TRUE(parse_cm_url("http://[2001:db8::1]:1188")
                  .same_place(parse_cm_url("http://[2001:DB8:0::1]:1188")));
  EXPECT_FALSE(parse_cm_url("https://a:8088").same_place(parse_cm_url("http://a:8088")));
  EXPECT_FALSE(parse_cm_url("http://a:8089").same_place(parse_cm_url("http://a:8088")));
}

TEST(Addresses, AreEqualInTheirCanonicalForm) {
  EXPECT_EQ(canonical_host("::ffff:192.0.2.1"), "192.0.2.1");
  EXPECT_TRUE(same_host("2001:db8::1", "2001:0DB8::0:1"));
  EXPECT_FALSE(same_host("-a", "-a"));
  EXPECT_FALSE(canonical_host("fe80::1%eth0"));
  EXPECT_FALSE(canonical_host(std::string("192.0.2.1\0", 10)));
  EXPECT_TRUE(is_loopback("127.9.9.9"));
  EXPECT_TRUE(is_loopback("LOCALHOST."));
  EXPECT_FALSE(is_loopback("192.0.2.1"));
  EXPECT_FALSE(is_loopback("127.example.com"));
}

}  // namespace
}  // namespace omsctl::config
