#include "omsctl/run/store/evidence.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "omsctl/base/files.hpp"
#include "omsctl/plan/codec.hpp"
#include "omsctl/run/store/by_hand.hpp"
#include "omsctl/run/store/journal.hpp"
#include "omsctl/run/store/run_file.hpp"
#include "omsctl/run/store/written_files.hpp"

namespace omsctl::run {
namespace {

using testing::HasSubstr;
using testing::Not;
namespace fs = std::filesystem;

constexpr const char* id = "20261122-151100-7f3a";

plan::Plan plan_of(const char* step, plan::Action action) {
  plan::Plan plan;
  plan.omsctl_version = "0.2.0";
  plan.run = id;
  plan.stages.resize(1);
  plan.stages.front().lanes.resize(1);
  plan.stages.front().lanes.front().steps.resize(1);
  plan::Step& made = plan.stages.front().lanes.front().steps.front();
  made.id = step;
  made.apply = {std::move(action)};
  return plan;
}

/// A run that was killed in its only step.
class RunOnDisk : public testing::Test {
 protected:
  RunOnDisk() {
    const RunDirectory made = RunDirectory::create(state_.path(), id);
    path_ = made.path();
    base::write_file(path_ / "plan.json", plan::encode(plan_of("a", plan::Command{})));
    base::write_file(path_ / "run.json", encode(RunFile{"{}", {}, {}, ""}));
    Journal journal(path_ / "journal.jsonl");
    journal.append({{"event", event::run_started}, {files_key, files_at_start(made, false)}});
    journal.append({{"event", event::step_started}, {"step", "a"}});
  }

  [[nodiscard]] RunDirectory directory() const { return RunDirectory::open(state_.path(), id); }
  [[nodiscard]] Evidence evidence() const { return read_evidence(directory()); }
  [[nodiscard]] Standing standing() const { return standing_of(evidence()); }

  void go_back(plan::Action action) const {
    base::write_file(path_ / "rollback.json", plan::encode(plan_of("back.a", std::move(action))));
    Journal(rollback_journal(path_)).append({{"event", event::step_started}, {"step", "back.a"}});
  }

  base::TempDir state_;
  fs::path path_;
};

TEST_F(RunOnDisk, IsReadWithItsPlanAndItsHistory) {
  EXPECT_EQ(standing().where, Where::midway);
  EXPECT_TRUE(evidence().forward.begun.contains("a"));
  EXPECT_EQ(evidence().plan->run, id);
}

TEST_F(RunOnDisk, IsAtWorkWhileAnotherProcessHasItsLock) {
  RunDirectory owner = directory();
  owner.lock();
  EXPECT_EQ(standing().where, Where::running_here);
  EXPECT_EQ(standing_of(read_evidence(owner)).where, Where::midway) << "its own lock is no other's";
}

TEST_F(RunOnDisk, AWayBackThatHasOnlyLookedHasNotBegun) {
  go_back(plan::Await{});
  EXPECT_EQ(standing().where, Where::midway);
  go_back(plan::Command{});
  EXPECT_EQ(standing().where, Where::going_back);
}

TEST_F(RunOnDisk, AFileThatIsNotAsItWasWrittenIsDamage) {
  base::write_file(path_ / "run.json", encode(RunFile{"{}", {}, {"x"}, ""}));
  EXPECT_EQ(standing().where, Where::damaged);
  EXPECT_THAT(standing().reason, HasSubstr("run.json is not as it was written"));
  fs::remove(path_ / "plan.json");
  EXPECT_THAT(standing().reason, HasSubstr("plan.json"));
}

TEST_F(RunOnDisk, AnotherFormatUnderThisVersionsOwnNameIsDamage) {
  const std::string journal = base::read_file(path_ / "journal.jsonl");
  base::write_file(path_ / "journal.jsonl", "{\"format\":7}" + journal.substr(journal.find('\n')));
  EXPECT_EQ(standing().where, Where::damaged);
  EXPECT_THAT(standing().reason, HasSubstr("journal.jsonl:1: "));
}

TEST_F(RunOnDisk, FetchedInPartIsNotWhole) {
  base::write_file(path_ / fetching_mark, "h1\n");
  EXPECT_EQ(standing().where, Where::damaged);
  EXPECT_THAT(standing().reason, HasSubstr("not fetched to its end"));
}

TEST_F(RunOnDisk, WithoutAPlanItHasDoneNothing) {
  for (const char* file : {"plan.json", "run.json", "journal.jsonl"})
    fs::remove(path_ / file);
  EXPECT_EQ(standing().where, Where::never_begun);
  EXPECT_FALSE(standing().opens(Way::resume));
}

/// A run that omsctl 0.1.0 has left when it was killed after the delete.
class RunOfTheFormerVersion : public testing::Test {
 protected:
  RunOfTheFormerVersion() {
    fs::copy(fs::path(OMSCTL_SOURCE_DIR) / "tests/run/store/former_version",
             state_.path(),
             fs::copy_options::recursive | fs::copy_options::overwrite_existing);
  }
  [[nodiscard]] RunDirectory directory() const { return RunDirectory::open(state_.path(), "last"); }

  base::TempDir state_;
};

TEST_F(RunOfTheFormerVersion, SaysWhichVersionFinishesIt) {
  const Evidence evidence = read_evidence(directory());
  const Standing standing = standing_of(evidence);
  EXPECT_EQ(standing.where, Where::another_version);
  EXPECT_THAT(standing.reason, HasSubstr("was made by omsctl 0.1.0"));
  EXPECT_THAT(standing.next, HasSubstr("finish it with omsctl 0.1.0"));
  EXPECT_EQ(evidence.forward.command, "scale-out node");
  EXPECT_FALSE(standing.opens(Way::resume));
  EXPECT_FALSE(standing.opens(Way::rollback));
}

TEST_F(RunOfTheFormerVersion, IsTakenBackByHandFromItsOwnFiles) {
  const std::string text = back_by_hand(directory());
  const std::string rows = (directory().path() / "backup/clear").string();
  const auto where = [&](const std::string& command) { return text.find(command); };
  EXPECT_THAT(text, HasSubstr("its last record is step_done clear at 2026-"));
  EXPECT_THAT(text,
              HasSubstr("mysql -h 192.0.2.5 -P 3306 -u USER -p oms_rm < " + rows +
                        "/00-cluster_info.rows.sql\n"));
  EXPECT_LT(where("01-resource_group.rows.sql"), where("02-host.rows.sql"));
  EXPECT_THAT(text,
              HasSubstr("on 192.0.2.11: dd if=/data/config.yaml.omsctl-20261122-151100-7f3a.old "
                        "of=/data/config.yaml conv=notrunc,fsync"));
  EXPECT_THAT(text, HasSubstr("artifacts/192.0.2.11.config.old on this machine"));
  EXPECT_THAT(text,
              HasSubstr("on 192.0.2.11: docker exec oms_421 supervisorctl start nginx oms_console "
                        "oms_drc_cm oms_drc_supervisor sshd\n"));
  EXPECT_THAT(text, Not(HasSubstr("old_agent"))) << "it did not run before";
  EXPECT_LT(where("00-cluster_info"), where("supervisorctl start nginx"));
}

TEST_F(RunOfTheFormerVersion, ThatIsHalfGoneIsStillTold) {
  fs::remove_all(directory().path() / "backup");
  fs::remove_all(directory().path() / "artifacts");
  base::write_file(directory().path() / "plan.json", R"({"format":1,"omsctl_version":"0.1.0"})");
  EXPECT_EQ(standing_of(read_evidence(directory())).where, Where::another_version);
  const std::string text = back_by_hand(directory());
  EXPECT_THAT(text, HasSubstr("none were deleted by this run"));
  EXPECT_THAT(text, HasSubstr("none were stopped by this run"));
}

}  // namespace
}  // namespace omsctl::run
