#include "omsctl/base/json.hpp"

#include <string>

#include <gtest/gtest.h>

namespace omsctl::base {
namespace {

using nlohmann::json;

TEST(Json, ThatIsNestedTooDeepIsNoJson) {
  const auto nested = [](std::size_t levels) {
    return std::string(levels, '[') + std::string(levels, ']');
  };
  EXPECT_TRUE(try_json(nested(64)).has_value());
  EXPECT_FALSE(try_json(nested(65)).has_value());
  EXPECT_THROW((void)parse_json(nested(1'000'000)), json::exception);
  EXPECT_TRUE(
      try_json("[" + json(std::string(100, '[') + "\"\\" + std::string(100, '{')).dump() + "]")
          .has_value());
}

TEST(Json, OfWholeNumbersHasNoOthers) {
  EXPECT_EQ(parse_whole_json(R"({"a":[-1,2]})"), json({{"a", {-1, 2}}}));
  EXPECT_THROW((void)parse_whole_json(R"({"a":[1e300]})"), json::exception);
  EXPECT_THROW((void)parse_whole_json("1.0"), json::exception);
}

TEST(SaysTheSame, ReadIsWhatTheDocumentSays) {
  const auto same = [](const char* document, const char* read) {
    return says_the_same(json::parse(document), json::parse(read));
  };
  EXPECT_TRUE(same(R"({"a":[1,{"b":"x"}]})", R"({"a":[1,{"b":"x","default":0}]})"));
  EXPECT_FALSE(same(R"({"a":1,"unknown":2})", R"({"a":1})"));
  EXPECT_FALSE(same(R"({"a":[1,2]})", R"({"a":[1]})"));
  EXPECT_FALSE(same("4294967356", "60"));
  EXPECT_FALSE(same("-1", "18446744073709551615"));
  EXPECT_FALSE(same("true", "1"));
  EXPECT_FALSE(same("\"1\"", "1"));
  EXPECT_FALSE(same("[]", "{}"));
}

}  // namespace
}  // namespace omsctl::base
