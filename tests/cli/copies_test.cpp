#include "../src/cli/copies.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "omsctl/base/error.hpp"
#include "omsctl/base/files.hpp"
#include "omsctl/metadb/copy/backup_info.hpp"

namespace omsctl::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// A state directory with copies that were begun; none of them holds a file yet.
class Copies : public testing::Test {
 protected:
  void add(const std::string& id, const std::string& kind = "backup") {
    const auto directory = backups_in(state()) / id;
    base::make_private_directory(directory);
    metadb::write_backup_info(directory,
                              {.id = id,
                               .kind = kind,
                               .taken = "2026-11-22T15:11:00.123Z",
                               .deployment = "192.0.2.5:3306/oms_rm",
                               .region = "1",
                               .omsctl_version = "1"});
  }

  [[nodiscard]] std::vector<std::string> ids() const {
    std::vector<std::string> ids;
    for (const Copy& copy : list_copies(state()))
      ids.push_back(copy.report.id);
    return ids;
  }

  [[nodiscard]] std::string refusal(const std::string& id) const {
    try {
      return "found " + find_copy(state(), id).report.id;
    } catch (const base::Error& error) {
      EXPECT_EQ(error.code(), base::Code::usage);
      return error.what();
    }
  }

  [[nodiscard]] const std::filesystem::path& state() const { return files_.path(); }

  base::TempDir files_;
};

TEST_F(Copies, AreNoneInAnEmptyPlace) {
  EXPECT_THAT(ids(), ElementsAre());
  EXPECT_THAT(refusal("last"), HasSubstr("there is no copy"));
}

TEST_F(Copies, AreListedOldestFirstThoseOfRunsAmongThem) {
  add("20261122-151100-7f3a");
  add("20261120-000000-0001", "before a restore");
  base::make_private_directory(state() / "runs" / "20261121-000000-0002" / "backup" / "full");
  base::make_private_directory(state() / "runs" / "20261121-000000-0002" / "backup" / "clear");
  EXPECT_THAT(ids(),
              ElementsAre("20261120-000000-0001",
                          "20261121-000000-0002/full",
                          "20261121-000000-0002/clear",
                          "20261122-151100-7f3a"));
}

TEST_F(Copies, WithoutAManifestAreUnfinished) {
  add("20261122-151100-7f3a");
  const Copy copy = find_copy(state(), "2026");
  EXPECT_FALSE(copy.report.complete);
  EXPECT_EQ(copy.report.deployment, "192.0.2.5:3306/oms_rm");
  EXPECT_EQ(copy.report.region, "1");
  EXPECT_NE(copy.part("full"), nullptr);
  EXPECT_NE(copy.part("rows"), nullptr);
  EXPECT_THAT(refusal("last"), HasSubstr("there is no copy"));
}

TEST_F(Copies, AreFoundByABeginningThatFitsOne) {
  add("20261122-151100-7f3a");
  add("20261122-161100-0000");
  EXPECT_EQ(refusal("20261122-15"), "found 20261122-151100-7f3a");
  EXPECT_THAT(refusal("20261122"), HasSubstr("fits several"));
  EXPECT_THAT(refusal("20261123"), HasSubstr("there is no copy"));
  EXPECT_THAT(refusal(""), HasSubstr("there is no copy"));
}

TEST_F(Copies, WhoseLabelWasEditedAreNotReliedOn) {
  add("20261122-151100-7f3a");
  const auto label = backups_in(state()) / "20261122-151100-7f3a" / "backup.json";
  std::string text = base::read_file(label);
  text.replace(text.find("192.0.2.5"), 9, "192.0.2.6");
  base::write_file(label, text);
  const Copy copy = find_copy(state(), "2026");
  EXPECT_FALSE(copy.report.complete);
  EXPECT_THAT(copy.report.problem, HasSubstr("not as it was written"));
  EXPECT_EQ(copy.report.deployment, "");
}

}  // namespace
}  // namespace omsctl::cli
