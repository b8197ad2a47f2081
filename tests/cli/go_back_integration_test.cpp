#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "omsctl/base/clock.hpp"
#include "omsctl/remote/fleet.hpp"
#include "omsctl/run/store/evidence.hpp"

#include "../src/cli/rollback.hpp"
#include "metadb/fixture.hpp"
#include "support/mariadb_server.hpp"

namespace omsctl::cli {
namespace {

using support::MariadbServer;
using testing::HasSubstr;

/// A way back of one step, which the MetaDB carries out.
class GoBack : public metadb::MetadbTest {
 protected:
  GoBack() {
    plan::Step step;
    step.id = "back.record";
    step.where = plan::at_metadb;
    step.apply = {plan::RecordSql{"one", "SELECT 1", "one"}};
    back_.run = directory_.run();
    back_.command = plan::rollback_command;
    back_.stages = {{"record", "", plan::Outage::no, {{{step}}}}};
    evidence_.run = directory_.run();
    evidence_.directory = directory_.path();
    evidence_.plan = plan::Plan{};
    evidence_.forward.begun = {"record"};
  }

  /// The exit code; what is told is in `told_`.
  int go() {
    const auto lease =
        metadb::Lease::take(MariadbServer::shared().tcp(),
                            "lab",
                            {directory_.run(), "ada", "laptop", plan::rollback_command},
                            base::Milliseconds(0),
                            {});
    remote::Fleet fleet({});
    base::SystemClock clock;
    run::Workbench bench{fleet, MariadbServer::shared().tcp(), *lease, "lab", directory_, clock};
    const auto output = make_json_output();
    testing::internal::CaptureStdout();
    const int code = go_back(back_, bench, evidence_, *output, {});
    told_ = testing::internal::GetCapturedStdout();
    return code;
  }

  [[nodiscard]] run::Standing standing() const {
    return run::standing_of(
        run::read_evidence(run::RunDirectory::open(state_.path(), directory_.run())));
  }

  base::TempDir state_;
  run::RunDirectory directory_ = run::RunDirectory::create(state_.path(), "20261122-151100-7f3a");
  plan::Plan back_;
  run::Evidence evidence_;
  std::string told_;
};

TEST_F(GoBack, ClosesTheJournalOfTheRun) {
  { const run::Journal journal(directory_.path() / "journal.jsonl"); }
  EXPECT_EQ(go(), 0);
  EXPECT_THAT(told_, HasSubstr(R"("standing":"rolled back")"));
  EXPECT_THAT(base::read_file(directory_.path() / "journal.jsonl"),
              HasSubstr(R"("state":"rolled back")"));
  directory_ = run::RunDirectory::open(state_.path(), "last");
  EXPECT_EQ(standing().where, run::Where::rolled_back);
}

TEST_F(GoBack, IsDoneAlsoWhereTheJournalOfTheRunCannotBeClosed) {
  std::filesystem::create_directory(directory_.path() / "journal.jsonl");
  EXPECT_EQ(go(), 0);
  EXPECT_THAT(told_, HasSubstr(R"("standing":"rolled back")"));
  EXPECT_THAT(told_, HasSubstr("the journal of the run could not be closed"));
  std::filesystem::remove(directory_.path() / "journal.jsonl");
  directory_ = run::RunDirectory::open(state_.path(), "last");
  EXPECT_EQ(standing().where, run::Where::rolled_back) << "rollback.jsonl says so";
}

TEST_F(GoBack, OfWhatARunLeftBehindThatUndidItsChangesIsARollbackOnRequest) {
  evidence_.forward.by_itself = true;
  { const run::Journal journal(directory_.path() / "journal.jsonl"); }
  EXPECT_EQ(go(), 0);
  EXPECT_THAT(told_, HasSubstr(R"("standing":"rolled back")"));
  EXPECT_THAT(told_, HasSubstr(R"("taken_back":false)"));
}

}  // namespace
}  // namespace omsctl::cli
