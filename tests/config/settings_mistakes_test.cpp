#include <ostream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "omsctl/config/settings.hpp"
#include "omsctl/config/values.hpp"

#include "config/settings_samples.hpp"

namespace omsctl::config {
namespace {

using testing::ElementsAre;

struct Mistake {
  std::string name;
  std::string text;
  std::string problem;  ///< "E" or "W", the line, the message
};

void PrintTo(const Mistake& mistake, std::ostream* out) {
  *out << mistake.name;
}

class MistakeInATarget : public testing::TestWithParam<Mistake> {};

TEST_P(MistakeInATarget, IsReportedOnceAtItsLine) {
  EXPECT_THAT(problems_of(GetParam().text), ElementsAre(GetParam().problem));
}

std::vector<Mistake> wrong_keys() {
  return {
      {"MissingKey", with("drc_rm_db", ""), "E0 drc_rm_db is missing"},
      {"NoValue", with("oms_meta_user", "oms_meta_user:"), "E3 oms_meta_user has no value"},
      {"EmptyValue", with("oms_meta_user", "oms_meta_user: ''"), "E3 oms_meta_user is empty"},
      {"EmptyPassword",
       with("oms_meta_password", "oms_meta_password: \"\""),
       "E4 oms_meta_password is empty"},
      {"ListForText",
       with("drc_rm_db", "drc_rm_db: [a, b]"),
       "E5 drc_rm_db must be one value, not a list"},
      {"UnknownKey", plus("cm_urls: x"), "W16 unknown key \"cm_urls\""},
      {"DuplicateKey", plus("drc_rm_db: other"), "E16 duplicate key drc_rm_db"},
  };
}

std::vector<Mistake> wrong_numbers() {
  return {
      {"LocationTooLarge",
       with("cm_location", "cm_location: 128"),
       "E9 cm_location must be a whole number from 0 to 127, not \"128\""},
      {"LocationNegative",
       with("cm_location", "cm_location: -1"),
       "E9 cm_location must be a whole number from 0 to 127, not \"-1\""},
      {"LocationFraction",
       with("cm_location", "cm_location: 2.0"),
       "E9 cm_location must be a whole number from 0 to 127, not \"2.0\""},
      {"LocationHuge",
       with("cm_location", "cm_location: 99999999999999999999"),
       "E9 cm_location must be a whole number from 0 to 127, not \"99999999999999999999\""},
      {"LocationLeadingZero",
       with("cm_location", "cm_location: '02'"),
       "E9 a number must not begin with 0"},
      {"LocationOctal",
       with("cm_location", "cm_location: 010"),
       "E9 a number that begins with 0 is read as octal"},
      {"LocationBlanks",
       with("cm_location", "cm_location: \" 2\""),
       "E9 a number must not hold blanks"},
      {"MetaPortZero",
       with("oms_meta_port", "oms_meta_port: 0"),
       "E2 oms_meta_port must be a whole number from 1 to 65535, not \"0\""},
      {"MetaPortLow", with("oms_meta_port", "oms_meta_port: 1024"), "W2 oms_meta_port below 1025"},
      {"NodePortLow",
       plus("cm_server_port: 1024"),
       "E16 cm_server_port must be a whole number from 1025 to 65535, not \"1024\""},
      {"PortsClash",
       plus("cm_server_port: 8089"),
       "E16 nginx_server_port and cm_server_port are both 8089"},
      {"BoolYes",
       with("cm_is_default", "cm_is_default: yes"),
       "E12 cm_is_default must be true or false, not \"yes\""},
      {"BoolQuotedOn",
       with("cm_is_default", "cm_is_default: 'on'"),
       "E12 cm_is_default must be true or false, not \"on\""},
      {"BoolEmpty", with("cm_is_default", "cm_is_default:"), "E12 cm_is_default has no value"},
      {"InitDb",
       plus("init_db: \"true\""),
       "E16 init_db must not be true: a MetaDB that is in use would be set up anew"},
  };
}

std::vector<Mistake> wrong_meta() {
  return {
      {"MetaHostLoopback",
       with("oms_meta_host", "oms_meta_host: localhost"),
       "E1 oms_meta_host is \"localhost\", which is another machine on every node"},
      {"MetaHostWithPort",
       with("oms_meta_host", "oms_meta_host: 192.0.2.5:2883"),
       "E1 oms_meta_host is neither an IP address nor a host name: \"192.0.2.5:2883\""},
      {"Placeholder",
       with("oms_meta_host", "oms_meta_host: ${oms_meta_host}"),
       "E1 oms_meta_host still holds a placeholder"},
      {"PlaceholderNumber",
       with("cm_location", "cm_location: ${cm_location}"),
       "E9 cm_location still holds a placeholder"},
      {"PlaceholderPassword",
       with("oms_meta_password", "oms_meta_password: ${oms_meta_password}"),
       "E4 oms_meta_password still holds a placeholder"},
      {"SysTenant",
       with("oms_meta_user", "oms_meta_user: root@sys"),
       "W3 oms_meta_user is in the sys tenant"},
      {"PasswordBlank",
       with("oms_meta_password", "oms_meta_password: \"a b\""),
       "E4 oms_meta_password holds a character that OMS does not accept"},
      {"PasswordNewline",
       with("oms_meta_password", R"(oms_meta_password: "a\nb")"),
       "E4 oms_meta_password holds a character that OMS does not accept"},
      {"PasswordOctal",
       with("oms_meta_password", "oms_meta_password: 0123"),
       "E4 oms_meta_password is read by YAML as a number, date or bool, not as written"},
  };
}

std::vector<Mistake> wrong_databases() {
  return {
      {"DatabaseTooLong",
       with("drc_rm_db", "drc_rm_db: " + std::string(65, 'a')),
       "E5 drc_rm_db is longer than 64 characters"},
      {"DatabaseNewline",
       with("drc_rm_db", R"(drc_rm_db: "a\nb")"),
       "E5 drc_rm_db holds a control character"},
      {"DatabaseNul",
       with("drc_rm_db", R"(drc_rm_db: "a\0b")"),
       "E5 drc_rm_db holds a control character"},
      {"DatabaseTwice",
       with("drc_cm_db", "drc_cm_db: oms_rm"),
       "E6 drc_cm_db names a database that is already used above: \"oms_rm\""},
      {"SystemDatabase",
       with("drc_cm_db", "drc_cm_db: mysql"),
       "E6 drc_cm_db names a database of the server itself: \"mysql\""},
      {"TsdbIncomplete",
       plus("tsdb_enabled: true\ntsdb_service: INFLUXDB\ntsdb_url: h:1\ntsdb_username: u"),
       "E16 tsdb_password is needed since tsdb_enabled is true"},
      {"TsdbUrlUser",
       plus("tsdb_url: http://u:CANARY@h:1"),
       "E16 tsdb_url holds a user or a password"},
      {"TsdbService",
       plus("tsdb_service: influxdb"),
       "E16 tsdb_service must be INFLUXDB or CERESDB, not \"influxdb\""},
  };
}

std::vector<Mistake> wrong_urls() {
  const auto url = [](const std::string& value) { return with("cm_url", "cm_url: " + value); };
  return {
      {"UrlScheme", url("ftp://192.0.2.1:8088"), "E8 cm_url must begin with http:// or https://"},
      {"UrlUser", url("http://u:p@192.0.2.1:8088"), "E8 cm_url must not hold a user or password"},
      {"UrlPath", url("http://192.0.2.1:8088/oms"), "E8 cm_url must end after the port"},
      {"UrlQuery", url("http://192.0.2.1:8088?x"), "E8 cm_url must not hold a query or fragment"},
      {"UrlPort",
       url("http://192.0.2.1:99999"),
       "E8 cm_url needs a port from 1 to 65535 after the last colon"},
      {"UrlNoPort",
       url("http://192.0.2.1"),
       "E8 cm_url names no port: OMS would use 80, its CM listens on 8088"},
      {"UrlBlank", url("http://192.0.2.1 :8088"), "E8 cm_url is not a URL"},
      {"UrlNoHost", url("http://:8088"), "E8 cm_url needs an IP address or host name"},
      {"UrlVip", url("http://VIP:8088"), "E8 cm_url still holds the placeholder \"VIP\""},
      {"UrlSample",
       url("http://xxx.xxx.xxx.xx1:8088"),
       "E8 cm_url still holds the placeholder \"xxx.xxx.xxx.xx1\""},
      {"UrlLoopback",
       url("http://127.0.0.1:8088"),
       "E8 cm_url is a loopback address: no other node can reach it"},
      {"UrlLoopback6",
       url("http://[::1]:8088"),
       "E8 cm_url is a loopback address: no other node can reach it"},
      {"UrlMappedLoopback",
       url("http://[::ffff:127.0.0.1]:8088"),
       "E8 cm_url is a loopback address: no other node can reach it"},
      {"UrlAnyAddress",
       url("0.0.0.0:8088"),
       "E8 cm_url is a loopback address: no other node can reach it"},
      {"UrlShortLoopback", url("http://127.1:8088"), "E8 cm_url needs an IP address or host name"},
  };
}

std::vector<Mistake> wrong_nodes() {
  return {
      {"NodesEmpty", with_nodes({}), "E13 cm_nodes has no value"},
      {"NodesNoItems",
       with("cm_nodes", "cm_nodes: []").substr(0, with("cm_nodes", "cm_nodes: []").find(" - ")),
       "E13 cm_nodes is empty"},
      {"NodesText",
       with_nodes({}).substr(0, with_nodes({}).size() - 1) + " 192.0.2.11,192.0.2.12\n",
       "E13 cm_nodes must be a list"},
      {"NodesGlued",
       with_nodes({}) + " -192.0.2.11\n -192.0.2.12\n",
       "E14 cm_nodes must be a list"},
      {"NodeTwice",
       with_nodes({"192.0.2.11", "192.0.2.11"}),
       "E15 duplicate node \"192.0.2.11\", see line 14"},
      {"NodeTwiceDiffering",
       with_nodes({"\"2001:db8::1\"", "\"2001:DB8:0::0001\""}),
       "E15 duplicate node \"2001:DB8:0::0001\", see line 14"},
      {"NodeTwiceInCapitals",
       with_nodes({"oms1.example.com", "OMS1.example.com."}),
       "E15 duplicate node \"OMS1.example.com.\", see line 14"},
      {"NodeMissing", with_nodes({"192.0.2.11", ""}), "E15 an item of cm_nodes is empty"},
      {"NodeEmpty", with_nodes({"192.0.2.11", "''"}), "E15 an item of cm_nodes is empty"},
  };
}

std::vector<Mistake> wrong_names() {
  return {
      {"NodeOption",
       with_nodes({"-oProxyCommand=x"}),
       "E14 this node is neither an IP address nor a host name: \"-oProxyCommand=x\""},
      {"NodeBlank",
       with_nodes({"192.0.2.11 192.0.2.12"}),
       "E14 this node is neither an IP address nor a host name: \"192.0.2.11 192.0.2.12\""},
      {"NodeQuote",
       with_nodes({"\"a'b\""}),
       "E14 this node is neither an IP address nor a host name: \"a'b\""},
      {"NodeSubstitution",
       with_nodes({"$(reboot)"}),
       "E14 this node is neither an IP address nor a host name: \"$(reboot)\""},
      {"NodeNewline",
       with_nodes({R"("a\nb")"}),
       R"(E14 this node is neither an IP address nor a host name: "a\nb")"},
      {"NodeNul",
       with_nodes({R"("a\0b")"}),
       R"(E14 this node is neither an IP address nor a host name: "a\x00b")"},
      {"NodeLeadingZero",
       with_nodes({"192.0.2.011"}),
       "E14 this node is neither an IP address nor a host name: \"192.0.2.011\""},
      {"NodeHexadecimal",
       with_nodes({"'0x7f000001'"}),
       "E14 this node is neither an IP address nor a host name: \"0x7f000001\""},
      {"NodePort",
       with_nodes({"192.0.2.11:22"}),
       "E14 this node is neither an IP address nor a host name: \"192.0.2.11:22\""},
      {"NodeLoopback",
       with_nodes({"127.0.0.1"}),
       "E14 this node is \"127.0.0.1\", which is another machine on every node"},
      {"NodeSample",
       with_nodes({"xxx.xxx.xxx.1"}),
       "E14 this node still holds the placeholder \"xxx.xxx.xxx.1\""},
  };
}

INSTANTIATE_TEST_SUITE_P(Keys,
                         MistakeInATarget,
                         testing::ValuesIn(wrong_keys()),
                         [](const auto& mistake) { return mistake.param.name; });
INSTANTIATE_TEST_SUITE_P(Numbers,
                         MistakeInATarget,
                         testing::ValuesIn(wrong_numbers()),
                         [](const auto& mistake) { return mistake.param.name; });
INSTANTIATE_TEST_SUITE_P(Meta,
                         MistakeInATarget,
                         testing::ValuesIn(wrong_meta()),
                         [](const auto& mistake) { return mistake.param.name; });
INSTANTIATE_TEST_SUITE_P(Databases,
                         MistakeInATarget,
                         testing::ValuesIn(wrong_databases()),
                         [](const auto& mistake) { return mistake.param.name; });
INSTANTIATE_TEST_SUITE_P(Urls,
                         MistakeInATarget,
                         testing::ValuesIn(wrong_urls()),
                         [](const auto& mistake) { return mistake.param.name; });
INSTANTIATE_TEST_SUITE_P(Nodes,
                         MistakeInATarget,
                         testing::ValuesIn(wrong_nodes()),
                         [](const auto& mistake) { return mistake.param.name; });
INSTANTIATE_TEST_SUITE_P(Names,
                         MistakeInATarget,
                         testing::ValuesIn(wrong_names()),
                         [](const auto& mistake) { return mistake.param.name; });

class ForbiddenInAPassword : public testing::TestWithParam<char> {};

TEST_P(ForbiddenInAPassword, IsAnErrorInATargetAndAWarningInADeployedFile) {
  const std::string c(1, GetParam());
  const std::string value = GetParam() == '\'' ? "\"a'b\"" : "'a" + c + "b'";
  const std::string text = with("oms_meta_password", "oms_meta_password: " + value);
  const std::string message = "4 oms_meta_password holds a character that OMS does not accept";
  EXPECT_THAT(problems_of(text), ElementsAre("E" + message));
  EXPECT_THAT(problems_of(text, Origin::deployed), ElementsAre("W" + message));
}

INSTANTIATE_TEST_SUITE_P(
    EachCharacter,
    ForbiddenInAPassword,
    testing::Values(' ', '|', '"', '\'', '`', '(', ')', '=', ';', '/', '&', '[', ']', '{', '}'));

}  // namespace
}  // namespace omsctl::config
