#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "omsctl/metadb/row_set.hpp"

#include "run/bench.hpp"

namespace omsctl::run {
namespace {

using testing::HasSubstr;

class DeleteOfTheRegion : public BenchTest {
 protected:
  DeleteOfTheRegion() {
    sql(metadb::region_tables());
    snapshot_ = {"lab", "host", "`resource_group_id` = 1"};
  }

  void save() { carry_out(plan::SnapshotRows{{snapshot_}, "backup/clear"}); }
  void clear() { carry_out(plan::DeleteRows{"backup/clear", {snapshot_}, {}}); }

  metadb::RowSet snapshot_;
};

TEST_F(DeleteOfTheRegion, DeletesWhatWasSavedAndSaysSoInTheLease) {
  save();
  clear();
  EXPECT_EQ(count("host"), "1");
  EXPECT_EQ(metadb::read_lease(database_, "lab")->last_step, "step");
}

TEST_F(DeleteOfTheRegion, ThatSomebodyElseHasDeletedMeanwhileAreNotTakenForDone) {
  save();
  sql({"DELETE FROM host WHERE resource_group_id = 1"});
  EXPECT_THAT(metadb::failure_of([&] { clear(); }).what(), HasSubstr("have changed since"));
  EXPECT_EQ(metadb::read_lease(database_, "lab")->last_step, "");
}

TEST_F(DeleteOfTheRegion, ThatWereGoneBeforeTheyWereSavedAreNotTakenForDone) {
  sql({"DELETE FROM host WHERE resource_group_id = 1"});
  save();
  EXPECT_THAT(metadb::failure_of([&] { clear(); }).what(),
              HasSubstr("somebody else has deleted the region's rows"));
  EXPECT_EQ(metadb::read_lease(database_, "lab")->last_step, "");
}

}  // namespace
}  // namespace omsctl::run
