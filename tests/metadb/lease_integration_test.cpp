#include <algorithm>
#include <cstddef>
#include <future>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "omsctl/base/clock.hpp"
#include "omsctl/base/parallel.hpp"
#include "omsctl/metadb/change/delete.hpp"
#include "omsctl/metadb/copy/manifest.hpp"
#include "omsctl/metadb/database.hpp"
#include "omsctl/metadb/lease/lease.hpp"
#include "omsctl/metadb/transaction.hpp"

#include "metadb/fixture.hpp"
#include "support/mariadb_server.hpp"

namespace omsctl::metadb {
namespace {

using base::Milliseconds;
using support::MariadbServer;
using testing::HasSubstr;

const std::function<bool(const LeaseRecord&)> nobody_is_gone = [](const LeaseRecord&) {
  return false;
};

class LeaseTest : public MetadbTest {
 protected:
  static std::unique_ptr<Lease> take(
      const std::string& run,
      Milliseconds wait = Milliseconds(0),
      const std::function<bool(const LeaseRecord&)>& gone = nobody_is_gone) {
    return Lease::take(MariadbServer::shared().tcp(), "lab", claim(run), wait, gone);
  }

  static Claim claim(const std::string& run) {
    return {.run = run, .holder = "ada", .host = "laptop-" + run, .command = "scale-out node"};
  }

  LeaseRecord record() { return read_lease(database_, "lab").value(); }

  std::stop_source stop_;

  /// Of `count` runs that try to take it at the same time.
  static std::ptrdiff_t takers_that_got_it(std::size_t count) {
    std::vector<std::unique_ptr<Lease>> leases(count);
    base::for_each_parallel(count, count, [&leases](std::size_t i) {
      try {
        leases[i] = take(std::to_string(i));
      } catch (const base::Error& error) {
        EXPECT_EQ(error.code(), base::Code::locked) << error.what();
      }
    });
    return std::ranges::count_if(leases, [](const auto& lease) { return lease != nullptr; });
  }

  void expire() { sql({"UPDATE omsctl_lease SET expires = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND"}); }
};

TEST_F(LeaseTest, ReadingCreatesNothing) {
  EXPECT_FALSE(read_lease(database_, "lab"));
  EXPECT_TRUE(database_.query("SHOW TABLES FROM lab").rows.empty());
}

TEST_F(LeaseTest, SaysWhoHoldsItUntilItIsReleased) {
  const auto lease = take("a");
  EXPECT_EQ(record().run, "a");
  EXPECT_EQ(record().holder, "ada");
  EXPECT_EQ(record().host, "laptop-a");
  EXPECT_EQ(record().command, "scale-out node");
  EXPECT_EQ(record().fence, lease->fence());
  EXPECT_FALSE(record().expired);
  EXPECT_FALSE(record().changed);
  EXPECT_THAT(record().since, HasSubstr(" UTC"));
  lease->release();
  EXPECT_FALSE(read_lease(database_, "lab"));
}

TEST_F(LeaseTest, StaysWhenTheRunEndsWithoutReleasingIt) {
  take("a").reset();
  EXPECT_EQ(record().run, "a");
}

TEST_F(LeaseTest, IsRefusedToASecondRunByTheHoldersName) {
  const auto lease = take("a");
  const base::Error error = failure_of([] { take("b"); });
  EXPECT_EQ(error.code(), base::Code::locked);
  EXPECT_THAT(error.what(), HasSubstr("run a of ada on host laptop-a"));
  EXPECT_THAT(error.what(), HasSubstr(record().since));
  EXPECT_THAT(error.hint(), HasSubstr("--lock-wait"));
  lease->check();
}

TEST_F(LeaseTest, IsTakenByAWaitingRunOnceItIsReleased) {
  auto first = take("a");
  auto second = std::async(std::launch::async, [] { return take("b", Milliseconds(30'000)); });
  first->release();
  const auto lease = second.get();
  EXPECT_EQ(record().run, "b");
  EXPECT_EQ(record().fence, lease->fence());
}

TEST_F(LeaseTest, GoesToExactlyOneOfManyTakers) {
  EXPECT_EQ(takers_that_got_it(8), 1);
}

TEST_F(LeaseTest, GoesToExactlyOneOfManyTakersOfAStaleOne) {
  take("old").reset();
  expire();
  EXPECT_EQ(takers_that_got_it(8), 1);
}

TEST_F(LeaseTest, StaleAndCleanIsTakenOverAndTheOldHolderIsTold) {
  const auto old = take("a");
  expire();
  const auto lease = take("b");
  EXPECT_GT(lease->fence(), old->fence());
  const base::Error from_check = failure_of([&] { old->check(); });
  EXPECT_EQ(from_check.code(), base::Code::locked);
  EXPECT_THAT(from_check.what(), HasSubstr("run b"));
  EXPECT_EQ(failure_of([&] { old->guard(database_, "s", false); }).code(), base::Code::locked);
  EXPECT_EQ(failure_of([&] { old->mark_changed("s"); }).code(), base::Code::locked);
  old->release();
  EXPECT_EQ(record().run, "b");
}

TEST_F(LeaseTest, StaleAndChangedIsRefusedWithTheWayOut) {
  take("a")->mark_changed("clear/delete");
  expire();
  const base::Error error = failure_of([] { take("b", Milliseconds(60'000)); });
  EXPECT_EQ(error.code(), base::Code::locked);
  EXPECT_THAT(error.what(), HasSubstr("run a of ada on host laptop-a"));
  EXPECT_THAT(error.what(), HasSubstr("stopped midway"));
  EXPECT_THAT(error.hint(), HasSubstr("omsctl lock show"));
  EXPECT_THAT(error.hint(), HasSubstr("omsctl lock break a"));
}

TEST_F(LeaseTest, StaleAndChangedGoesToItsOwnRunWithPhaseAndStepKept) {
  take("a")->mark_changed("clear/delete");
  expire();
  const auto lease = take("a");
  EXPECT_TRUE(record().changed);
  EXPECT_EQ(record().last_step, "clear/delete");
  EXPECT_FALSE(record().expired);
}

TEST_F(LeaseTest, IsStillOursWhenItExpiredAndNobodyTookIt) {
  const auto lease = take("a");
  expire();
  lease->check();
  lease->guard(database_, "step", false);
  EXPECT_FALSE(record().expired);
}

TEST_F(LeaseTest, OfAProcessThatIsGoneOnThisMachineIsTakenOverAtOnce) {
  take("a")->mark_changed("x");
  const auto lease =
      take("a", Milliseconds(0), [](const LeaseRecord& held) { return held.run == "a"; });
  EXPECT_EQ(record().fence, lease->fence());
  EXPECT_TRUE(record().changed);
}

TEST_F(LeaseTest, OfAnotherMachineIsNeverSaidToBeGone) {
  const auto lease = take("a");
  EXPECT_EQ(failure_of([] {
              take("b", Milliseconds(0), [](const LeaseRecord&) { return true; });
            }).code(),
            base::Code::locked);
}

TEST_F(LeaseTest, GuardWritesTheStepInTheTransactionOfItsCaller) {
  const auto lease = take("a");
  {
    const Transaction transaction(database_, "READ COMMITTED");
    lease->guard(database_, "restore", true);
    EXPECT_EQ(record().last_step, "restore");
  }
  EXPECT_EQ(record().last_step, "");
  EXPECT_FALSE(record().changed);
}

TEST_F(LeaseTest, GuardStopsADeleteOnceTheFenceIsLost) {
  sql({"CREATE TABLE t (x INT) ENGINE=InnoDB", "INSERT INTO t VALUES (1)"});
  const Manifest manifest = snapshot({{"lab", "t"}});
  const auto lease = take("a");
  EXPECT_TRUE(break_lease(database_, "lab", "a"));
  const base::Error error = failure_of([&] {
    delete_rows(
        database_, manifest, [&](Database& inside) { lease->guard(inside, "clear", true); });
  });
  EXPECT_EQ(error.code(), base::Code::locked);
  EXPECT_EQ(count("t"), "1");
}

TEST_F(LeaseTest, IsWaitedForNoLongerThanUntilAStopIsRequested) {
  const auto lease = take("a");
  const std::function<bool(const LeaseRecord&)> stops_and_lives = [this](const LeaseRecord&) {
    stop_.request_stop();
    return false;
  };
  const base::Error error = failure_of([&] {
    (void)Lease::take(MariadbServer::shared().tcp(),
                      "lab",
                      {.run = "b", .holder = "bob", .host = "laptop-a", .command = "c"},
                      base::Seconds(60),
                      stops_and_lives,
                      stop_.get_token());
  });
  EXPECT_EQ(error.code(), base::Code::interrupted);
  EXPECT_EQ(record().run, "a");
}

TEST_F(LeaseTest, IsBrokenOnlyByTheNameOfItsRun) {
  EXPECT_FALSE(break_lease(database_, "lab", "a"));
  const auto lease = take("a");
  EXPECT_FALSE(break_lease(database_, "lab", "b"));
  EXPECT_TRUE(break_lease(database_, "lab", "a"));
  EXPECT_EQ(failure_of([&] { lease->check(); }).code(), base::Code::locked);
}

/// A server of its own, to be stopped and started.
class RenewalTest : public testing::Test {
 protected:
  RenewalTest() { Database::connect(server_.tcp()).execute("CREATE DATABASE rm"); }

  std::unique_ptr<Lease> take() {
    return Lease::take(server_.tcp(),
                       "rm",
                       {.run = "a", .holder = "ada", .host = "laptop", .command = "c"},
                       Milliseconds(0),
                       nobody_is_gone,
                       {},
                       Milliseconds(20));
  }

  /// Makes it stale, and waits until the renewal has set that right.
  bool is_renewed() {
    Database database = Database::connect(server_.tcp());
    database.execute("UPDATE rm.omsctl_lease SET expires = '2001-01-01'");
    base::SystemClock clock;
    return base::wait_until(clock, base::Seconds(30), Milliseconds(10), std::stop_token(), [&] {
             return !read_lease(database, "rm").value().expired;
           }) == base::Waited::held;
  }

  MariadbServer server_;
};

TEST_F(RenewalTest, GoesOnAfterTheServerCameBack) {
  const auto lease = take();
  EXPECT_TRUE(is_renewed());
  server_.stop();
  server_.start();
  EXPECT_TRUE(is_renewed());
  lease->check();
  lease->release();
}

TEST_F(RenewalTest, WaitsForATransactionThatHoldsTheRow) {
  const auto lease = take();
  Database database = Database::connect(server_.tcp());
  {
    Transaction transaction(database, "READ COMMITTED");
    lease->guard(database, "restore", true);
    lease->check();
    transaction.commit();
  }
  EXPECT_TRUE(is_renewed());
}

TEST_F(RenewalTest, EndsQuicklyWhenTheServerIsGone) {
  auto lease = take();
  server_.stop();
  EXPECT_EQ(failure_of([&] { lease->check(); }).code(), base::Code::database);
  const base::TimePoint start = base::SystemClock().now();
  EXPECT_EQ(failure_of([&] { lease->release(); }).code(), base::Code::database);
  lease.reset();
  EXPECT_LT(base::SystemClock().now() - start, base::Seconds(20));
}

}  // namespace
}  // namespace omsctl::metadb
