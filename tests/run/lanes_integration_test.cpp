#include <gtest/gtest.h>

#include "run/bench.hpp"

namespace omsctl::run {
namespace {

class Silent : public Listener {
 public:
  explicit Silent(std::stop_source* stop) : stop_(stop) {}
  void stage_started(const plan::Stage& /*stage*/) override {}
  void step_started(const plan::Step& /*step*/) override {
    if (stop_ != nullptr)
      stop_->request_stop();
  }
  void step_done(const plan::Step& /*step*/, base::Milliseconds /*took*/, bool /*held*/) override {}
  void step_failed(const plan::Step& /*step*/, const std::string& /*reason*/) override {}
  void progress(const plan::Step& /*step*/, const std::string& /*text*/) override {}
  void id_changed(const plan::Step& /*step*/, const metadb::ChangedId& /*changed*/) override {}

 private:
  std::stop_source* stop_;
};

/// A stage of two lanes, each of which removes a directory of its own and waits until the other's
/// is gone.
class TwoLanes : public BenchTest {
 protected:
  [[nodiscard]] plan::Lane lane(const std::string& mine, const std::string& other) const {
    plan::Step step;
    step.id = mine;
    step.where = host;
    step.apply = {
        plan::Command{host, "begin", {{"remove_directories", {directory(mine).string()}}}},
        plan::Await{
            plan::HostHolds{host, "both are here", {{"is_absent", {directory(other).string()}}}},
            deadline_}};
    if (!waits_)
      step.apply.resize(1);
    return {{step}};
  }

  [[nodiscard]] std::filesystem::path directory(const std::string& lane) const {
    return place_.path() / lane;
  }

  [[nodiscard]] Outcome::State run(plan::Outage outage,
                                   std::size_t parallel,
                                   std::stop_source* stop = nullptr) {
    for (const char* name : {"one", "two"})
      std::filesystem::create_directory(directory(name));
    plan::Plan plan;
    plan.run = directory_.run();
    plan.stages = {{"stage", "Two lanes", outage, {lane("one", "two"), lane("two", "one")}}};
    for (const char* name : {"plan.json", "run.json"})
      base::write_file(directory_.path() / name, "{}\n");
    Journal journal(directory_.path() / "journal.jsonl");
    Workbench bench = this->bench();
    bench.parallel = parallel;
    Silent silent(stop);
    const std::stop_token token = stop != nullptr ? stop->get_token() : std::stop_token{};
    return execute_plan(plan, bench, &journal, silent, token).state;
  }

  int deadline_ = 20;
  bool waits_ = true;
};

TEST_F(TwoLanes, RunSideBySide) {
  EXPECT_EQ(run(plan::Outage::no, 2), Outcome::State::done);
}

TEST_F(TwoLanes, RunOneAfterTheOtherWhereOneHostAtATimeIsAllowed) {
  deadline_ = 1;
  EXPECT_NE(run(plan::Outage::no, 1), Outcome::State::done);
  EXPECT_TRUE(std::filesystem::exists(directory("two")));
}

TEST_F(TwoLanes, AreNeverHeldBackWithinTheOutage) {
  EXPECT_EQ(run(plan::Outage::inside, 1), Outcome::State::done);
}

TEST_F(TwoLanes, OfTheLastStageThatWereCutOffAreNotDone) {
  waits_ = false;
  std::stop_source stop;
  EXPECT_EQ(run(plan::Outage::no, 1, &stop), Outcome::State::interrupted);
  EXPECT_FALSE(std::filesystem::exists(directory("one")));
  EXPECT_TRUE(std::filesystem::exists(directory("two")));
}

}  // namespace
}  // namespace omsctl::run
