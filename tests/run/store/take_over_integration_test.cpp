#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "omsctl/run/store/saved_run.hpp"

#include "metadb/fixture.hpp"
#include "support/mariadb_server.hpp"

namespace omsctl::run {
namespace {

using metadb::Lease;
using support::MariadbServer;
using testing::HasSubstr;

constexpr const char* id = "20261122-151100-7f3a";
constexpr const char* another = "20270101-000000-beef";

metadb::Claim claim(const std::string& run) {
  return {.run = run, .holder = "ada", .host = this_machine(), .command = "scale-out node"};
}

/// A run that stopped with something half done; "lab" is its rm database.
class TakeOver : public metadb::MetadbTest {
 protected:
  TakeOver()
      : saved_{.directory = RunDirectory::create(state_.path(), id),
               .evidence = {},
               .file = {},
               .target_text = {},
               .target = {}} {
    plan::Step clear;
    clear.id = "clear";
    clear.decisive = true;
    saved_.evidence.run = id;
    saved_.evidence.directory = saved_.directory.path();
    saved_.evidence.plan = plan::Plan{};
    saved_.evidence.plan->stages = {{"clear", "", plan::Outage::inside, {{{clear}}}}};
    saved_.evidence.forward.begun = {"clear"};
    saved_.target.rm_db = "lab";
  }

  [[nodiscard]] std::unique_ptr<Lease> take_over() const {
    return run::take_over(
        saved_, claim(id), MariadbServer::shared().tcp(), base::Milliseconds(0), [](const auto&) {
        });
  }

  static std::unique_ptr<Lease> take(const std::string& run) {
    return Lease::take(MariadbServer::shared().tcp(), "lab", claim(run), base::Milliseconds(0), {});
  }

  void expire() { sql({"UPDATE omsctl_lease SET expires = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND"}); }

  base::TempDir state_;
  SavedRun saved_;
};

TEST_F(TakeOver, OfItsOwnClaimGoesOn) {
  take(id)->mark_changed("clear");
  const auto lease = take_over();
  EXPECT_EQ(metadb::read_lease(database_, "lab")->run, id);
}

TEST_F(TakeOver, OfAClaimThatWasBrokenIsRefused) {
  take(id)->release();
  const base::Error error = metadb::failure_of([&] { (void)take_over(); });
  EXPECT_EQ(error.code(), base::Code::locked);
  EXPECT_THAT(error.what(), HasSubstr("has lost its claim: it was broken"));
  EXPECT_FALSE(metadb::read_lease(database_, "lab").has_value());
}

TEST_F(TakeOver, OfAClaimThatAnotherRunHadAndDiedWithCleanIsRefused) {
  { const auto died = take(another); }
  expire();
  const base::Error error = metadb::failure_of([&] { (void)take_over(); });
  EXPECT_EQ(error.code(), base::Code::locked);
  EXPECT_THAT(error.what(), HasSubstr(std::string("has lost its claim: run ") + another));
  EXPECT_THAT(error.what(), HasSubstr("nothing was changed"));
  EXPECT_EQ(metadb::read_lease(database_, "lab")->run, another);
}

TEST_F(TakeOver, OfARunThatHasChangedNothingNeedsNoClaimOfBefore) {
  saved_.evidence.forward.begun = {"put"};
  { const auto died = take(another); }
  expire();
  const auto lease = take_over();
  EXPECT_EQ(metadb::read_lease(database_, "lab")->run, id);
}

}  // namespace
}  // namespace omsctl::run
