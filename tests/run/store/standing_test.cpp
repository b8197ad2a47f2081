#include "omsctl/run/store/standing.hpp"

#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "run/store/standing_cases.hpp"

namespace omsctl::run {
namespace {

using testing::ElementsAreArray;
using testing::HasSubstr;
using testing::StartsWith;

class StandingOfEvidence : public testing::TestWithParam<Case> {};

TEST_P(StandingOfEvidence, IsThisOneAndOpensTheseWays) {
  const Case& expected = GetParam();
  const Standing standing = standing_of(expected.evidence);
  EXPECT_EQ(name(standing.where), name(expected.where));
  EXPECT_THAT(standing.open, ElementsAreArray(expected.open));
  EXPECT_THAT(standing.says(), StartsWith("run " + expected.evidence.run + " "));
  EXPECT_THAT(standing.reason, HasSubstr(expected.reason));
  EXPECT_THAT(standing.next, HasSubstr(expected.next));
}
std::vector<Case> all_cases() {
  std::vector<Case> all = journals();
  for (Case& one : locks())
    all.push_back(std::move(one));
  return all;
}

INSTANTIATE_TEST_SUITE_P(Journals,
                         StandingOfEvidence,
                         testing::ValuesIn(journals()),
                         [](const auto& one) { return one.param.name; });
INSTANTIATE_TEST_SUITE_P(Locks,
                         StandingOfEvidence,
                         testing::ValuesIn(locks()),
                         [](const auto& one) { return one.param.name; });

TEST(Standing, EveryOneIsReachedHasANameOfItsOwnAndAWayOn) {
  std::set<Where> reached;
  std::set<std::string_view> names;
  for (const Case& one : all_cases()) {
    const Standing standing = standing_of(one.evidence);
    reached.insert(standing.where);
    names.insert(name(standing.where));
    EXPECT_FALSE(standing.open.empty()) << one.name;
    EXPECT_FALSE(standing.next.empty()) << one.name;
    EXPECT_FALSE(standing.reason.empty()) << one.name;
  }
  EXPECT_EQ(reached.size(), static_cast<std::size_t>(Where::another_version) + 1);
  EXPECT_EQ(names.size(), reached.size());
}

TEST(Standing, AWayThatIsNamedIsOpen) {
  for (const Case& one : all_cases()) {
    const Standing standing = standing_of(one.evidence);
    if (standing.where == Where::damaged)
      continue;  // what it names needs the second copy
    EXPECT_EQ(standing.next.find("omsctl resume") != std::string::npos,
              standing.opens(Way::resume) && standing.where != Where::never_begun)
        << one.name;
    EXPECT_EQ(standing.next.find("omsctl rollback") != std::string::npos,
              standing.opens(Way::rollback))
        << one.name;
    EXPECT_EQ(standing.next.find("lock break") != std::string::npos,
              standing.opens(Way::lock_break))
        << one.name;
  }
}

TEST(Standing, SaysThatOmsIsDownWhereProgramsWereStoppedAndNotStartedAgain) {
  EXPECT_TRUE(standing_of(run_of(cleared())).oms_down);
  EXPECT_FALSE(standing_of(run_of({begun, started("put.h2")})).oms_down);
  EXPECT_FALSE(standing_of(run_of(cleared_and({outage_over}))).oms_down);
  const std::vector<json> back{begun, started("back.rows")};
  EXPECT_TRUE(standing_of(run_of(cleared(), back)).oms_down);
  EXPECT_FALSE(standing_of(run_of(cleared(), {begun, started("back.rows"), outage_over})).oms_down);
  EXPECT_TRUE(standing_of(asked(run_of(cleared()), std::nullopt)).oms_down) << "whoever holds it";
}

TEST(Standing, ARefusalSaysThatNothingWasChangedAndHasTheCodeOfItsCause) {
  const auto code = [](const Evidence& evidence) {
    const base::Error error = refusal(standing_of(evidence));
    EXPECT_THAT(error.what(), HasSubstr("nothing was changed by this command"));
    EXPECT_EQ(error.hint(), standing_of(evidence).next);
    return error.code();
  };
  EXPECT_EQ(code(run_of({begun, undone(true)})), base::Code::refused);
  EXPECT_EQ(code(asked(run_of(cleared()), std::nullopt)), base::Code::locked);
  EXPECT_EQ(code(with(run_of({}), &Evidence::at_work)), base::Code::locked);
  EXPECT_EQ(code(with(run_of({}), &Evidence::damage, "x")), base::Code::storage);
  EXPECT_EQ(code(with(run_of({}), &Evidence::made_by, "0.1.0")), base::Code::refused);
}

}  // namespace
}  // namespace omsctl::run
