#include <sys/resource.h>

#include <csignal>
#include <functional>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "omsctl/base/digest.hpp"
#include "omsctl/base/files.hpp"
#include "omsctl/metadb/database.hpp"
#include "omsctl/plan/plan.hpp"
#include "omsctl/run/executor.hpp"

#include "remote/ssh_server.hpp"
#include "support/mariadb_server.hpp"

namespace omsctl::run {
namespace {

using plan::Command;
using plan::Outage;
using plan::Step;
using support::MariadbServer;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using State = Outcome::State;

const std::string one_byte(1, '\0');
constexpr const char* run_id = "20261122-151100-7f3a";

/// Does something at a moment of the run.
class Moment final : public Listener {
 public:
  void at(const std::string& step, std::function<void()> call) {
    step_ = step;
    call_ = std::move(call);
  }
  void stage_started(const plan::Stage& /*stage*/) override {}
  void step_started(const Step& step) override {
    if (step.id == step_)
      call_();
  }
  void step_done(const Step& /*step*/, base::Milliseconds /*took*/, bool /*held*/) override {}
  void step_failed(const Step& /*step*/, const std::string& /*reason*/) override {}
  void progress(const Step& /*step*/, const std::string& /*text*/) override {}
  void id_changed(const Step& /*step*/, const metadb::ChangedId& /*changed*/) override {}

 private:
  std::string step_;
  std::function<void()> call_;
};

/// No file grows beyond this any more, as on a full disk.
class FullDisk {
 public:
  explicit FullDisk(rlim_t size) {
    (void)::getrlimit(RLIMIT_FSIZE, &before_);
    (void)std::signal(SIGXFSZ, SIG_IGN);
    const rlimit full{size, before_.rlim_max};
    (void)::setrlimit(RLIMIT_FSIZE, &full);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;
  FullDisk(FullDisk&&) = delete;
  FullDisk& operator=(FullDisk&&) = delete;
  ~FullDisk() { (void)::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

/// Two nodes, which are sshd here, and a MetaDB. A program runs where its directory is there; what
/// the run has prepared is a file of one byte.
class WayBackByItself : public testing::Test {
 protected:
  WayBackByItself()
      : fleet_(ssh_.reach()),
        directory_(RunDirectory::create(place_.path() / "state", run_id)),
        journal_(directory_.path() / "journal.jsonl") {
    metadb::Database database = metadb::Database::connect(metadb_.socket());
    database.execute("DROP DATABASE IF EXISTS lab");
    database.execute("CREATE DATABASE lab");
    lease_ = metadb::Lease::take(metadb_.tcp(),
                                 "lab",
                                 {run_id, "ada", "here", "scale-out node"},
                                 base::Milliseconds{0},
                                 [](const metadb::LeaseRecord&) { return false; });
    for (const char* node : {"a", "b"})
      std::filesystem::create_directory(program(node));
    for (const char* name : {"plan.json", "run.json"})
      base::write_file(directory_.path() / name, "");
  }

  void TearDown() override {
    if (is_away_)
      metadb_.start();
  }

  void metadb_goes_away() {
    metadb_.stop();
    is_away_ = true;
  }

  [[nodiscard]] std::filesystem::path program(const std::string& node) const {
    return place_.path() / ("program-" + node);
  }
  [[nodiscard]] std::filesystem::path prepared() const { return place_.path() / "prepared"; }
  [[nodiscard]] bool runs(const std::string& node) const {
    return std::filesystem::exists(program(node));
  }
  [[nodiscard]] bool is_prepared() const { return std::filesystem::exists(prepared()); }

  static Step step(const std::string& id, const std::string& node, const remote::Calls& calls) {
    Step step;
    step.id = id;
    step.where = "node-" + node;
    step.title = id;
    step.apply = {Command{step.where, id, calls}};
    return step;
  }

  /// prepare, stop on both nodes, look at the MetaDB, delete; and the way back from there.
  [[nodiscard]] plan::Plan plan() const {
    Step quiet = step("quiet", "a", {});
    quiet.where = plan::at_metadb;
    quiet.apply = {plan::Await{plan::SqlEquals{"it answers", "SELECT 1", {{"1"}}}, 1}};
    Step clear = step("clear", "a", {{"make_directories", {(place_.path() / "cleared").string()}}});
    clear.decisive = true;
    plan::Stage stop{"stop", "Stop", Outage::begins, {}};
    plan::Stage start{"start", "Start", Outage::ends, {}};
    for (const std::string node : {"a", "b"}) {
      stop.lanes.push_back(
          {{step("stop." + node, node, {{"remove_directories", {program(node).string()}}})}});
      Step back =
          step("back.start." + node, node, {{"make_directories", {program(node).string()}}});
      back.takes_back = {"stop." + node};
      start.lanes.push_back({{back}});
    }
    Step remove = step("back.prepare",
                       "b",
                       {{"has_digest", {prepared().string(), base::sha256(one_byte)}},
                        {"remove_files", {prepared().string()}}});
    remove.takes_back = {"prepare"};
    remove.optional = true;
    plan::Plan plan;
    plan.run = run_id;
    plan.command = "scale-out node";
    plan.stages = {
        {"prepare",
         "Prepare",
         Outage::no,
         {{{step("prepare", "b", {{"reserve_room", {prepared().string(), "1"}}})}}}},
        stop,
        {"quiet", "Look", Outage::inside, {{{quiet}}}},
        {"clear", "Delete", Outage::inside, {{{clear}}}},
    };
    plan.back = {start, {"remove", "Remove", Outage::no, {{{remove}}}}};
    return plan;
  }

  Outcome execute() {
    Workbench bench{fleet_, metadb_.tcp(), *lease_, "lab", directory_, clock_};
    return execute_plan(plan(), bench, &journal_, moment_, {});
  }

  [[nodiscard]] std::vector<nlohmann::json> records(const char* file) const {
    return read_journal(directory_.path() / file);
  }
  [[nodiscard]] bool has(const char* file) const {
    return std::filesystem::exists(directory_.path() / file);
  }

  /// The programs run, nothing of the run is left, and it says so.
  void expect_all_taken_back(const Outcome& outcome) {
    EXPECT_EQ(outcome.state, State::undone);
    EXPECT_TRUE(outcome.history.by_itself);
    EXPECT_TRUE(outcome.history.complete);
    EXPECT_THAT(outcome.undo_problems, ElementsAre());
    EXPECT_THAT(outcome.by_hand, ElementsAre());
    EXPECT_TRUE(runs("a") && runs("b"));
    EXPECT_FALSE(is_prepared());
    EXPECT_FALSE(std::filesystem::exists(place_.path() / "cleared"));
  }

  base::TempDir place_;
  MariadbServer& metadb_ = MariadbServer::shared();
  bool is_away_ = false;
  remote::testing::SshServer ssh_;
  remote::Fleet fleet_;
  base::SystemClock clock_;
  RunDirectory directory_;
  Journal journal_;
  std::unique_ptr<metadb::Lease> lease_;
  Moment moment_;
};

TEST_F(WayBackByItself, StartsProgramsAlsoWithoutTheMetadb) {
  moment_.at("quiet", [&] { metadb_goes_away(); });
  const Outcome outcome = execute();
  expect_all_taken_back(outcome);
  EXPECT_GT(outcome.outage.count(), 0);
  const auto back = records("rollback.jsonl");
  EXPECT_EQ(back.front()["event"], event::run_started);
  EXPECT_EQ(back.back()["state"], "done");
  const auto last = records("journal.jsonl").back();
  EXPECT_EQ(last["state"], end_state::rolled_back);
  EXPECT_EQ(last["by_itself"], true);
  EXPECT_EQ(last["complete"], true);
  EXPECT_THAT(last["reason"].get<std::string>(), HasSubstr("it answers"));
}

TEST_F(WayBackByItself, StartsProgramsAlsoWithoutAJournal) {
  std::unique_ptr<FullDisk> full;
  moment_.at("quiet", [&] {
    full =
        std::make_unique<FullDisk>(std::filesystem::file_size(directory_.path() / "journal.jsonl"));
  });
  const Outcome outcome = execute();
  full.reset();
  expect_all_taken_back(outcome);
  EXPECT_THAT(outcome.notes, Contains(HasSubstr("the way back is not on record")));
  // As if it had been killed there: a rollback would do all of it again.
  EXPECT_EQ(records("journal.jsonl").back()["event"], event::step_started);
}

TEST_F(WayBackByItself, KeepsAllElseWhereAProgramDoesNotRunAgain) {
  moment_.at("quiet", [&] { metadb_goes_away(); });
  plan::Plan broken = plan();
  std::get<Command>(broken.back[0].lanes[0].steps[0].apply[0]).calls = {
      {"has_digest", {prepared().string(), "another"}}};
  Workbench bench{fleet_, metadb_.tcp(), *lease_, "lab", directory_, clock_};
  const Outcome outcome = execute_plan(broken, bench, &journal_, moment_, {});
  EXPECT_EQ(outcome.state, State::stopped);
  EXPECT_FALSE(outcome.history.by_itself);
  EXPECT_FALSE(outcome.history.outage_began.empty());
  EXPECT_TRUE(!runs("a") && runs("b"));
  EXPECT_TRUE(is_prepared());
  EXPECT_THAT(outcome.undo_problems, ElementsAre(HasSubstr("back.start.a (node-a)")));
  EXPECT_THAT(outcome.by_hand,
              ElementsAre("# node-a: back.start.a",
                          "on node-a:",
                          fmt::format("  has_digest {} another", prepared().string())));
  // Both ways are open: the record is set aside.
  EXPECT_FALSE(has("rollback.json") || has("rollback.jsonl"));
  EXPECT_EQ(records("rollback.jsonl.1").back()["state"], "stopped");
  EXPECT_EQ(records("journal.jsonl").back()["state"], "stopped");
  EXPECT_FALSE(records("journal.jsonl").back().contains("by_itself"));
}

TEST_F(WayBackByItself, StopsWhereTheClaimIsKnownToBeLost) {
  moment_.at("quiet", [&] {
    metadb::Database::connect(metadb_.socket())
        .execute("UPDATE lab.omsctl_lease SET run = 'another', fence = fence + 1");
  });
  plan::Plan failing = plan();
  std::get<plan::SqlEquals>(
      std::get<plan::Await>(failing.stages[2].lanes[0].steps[0].apply[0]).probe)
      .rows = {{"2"}};
  Workbench bench{fleet_, metadb_.tcp(), *lease_, "lab", directory_, clock_};
  const Outcome outcome = execute_plan(failing, bench, &journal_, moment_, {});
  EXPECT_EQ(outcome.state, State::stopped);
  EXPECT_FALSE(runs("a") || runs("b"));
  EXPECT_TRUE(is_prepared());
  EXPECT_THAT(outcome.undo_problems, Contains(HasSubstr("no longer holds the deployment")));
}

TEST_F(WayBackByItself, LeavesTheRestToARollbackThatGoesOn) {
  moment_.at("quiet", [&] {
    metadb_goes_away();
    std::filesystem::remove(prepared());  // so that has_digest fails
  });
  const Outcome outcome = execute();
  EXPECT_EQ(outcome.state, State::undone);
  EXPECT_TRUE(outcome.history.by_itself);
  EXPECT_FALSE(outcome.history.complete);
  EXPECT_THAT(outcome.undo_problems, ElementsAre(HasSubstr("back.prepare (node-b)")));
  EXPECT_EQ(records("journal.jsonl").back()["complete"], false);

  metadb_.start();
  is_away_ = false;
  base::write_file(prepared(), one_byte);
  Workbench bench{fleet_, metadb_.tcp(), *lease_, "lab", directory_, clock_};
  const plan::Plan back = plan::rollback_of(plan(), {"prepare", "stop.a", "stop.b", "quiet"});
  const Outcome rest = go_back(
      back, bench, moment_, {}, {.history = history_of(records("rollback.jsonl")), .back = true});
  EXPECT_EQ(rest.state, State::done);
  EXPECT_FALSE(is_prepared());
  const auto last = records("journal.jsonl").back();
  EXPECT_EQ(last["complete"], true);
  EXPECT_FALSE(last.contains("by_itself"));
}

}  // namespace
}  // namespace omsctl::run
