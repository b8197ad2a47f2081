#include <sys/stat.h>

#include <random>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "omsctl/base/digest.hpp"
#include "omsctl/run/actions.hpp"

#include "metadb/fixture.hpp"
#include "remote/ssh_server.hpp"
#include "support/mariadb_server.hpp"

namespace omsctl::run {
namespace {

using support::MariadbServer;
using testing::HasSubstr;

/// A file on this machine, sent to node-a, which is an sshd here.
class SendFile : public metadb::MetadbTest {
 protected:
  SendFile()
      : fleet_(server_.reach()),
        lease_(metadb::Lease::take(MariadbServer::shared().tcp(),
                                   "lab",
                                   {"a", "ada", "here", "scale-out node"},
                                   base::Milliseconds{0},
                                   [](const metadb::LeaseRecord&) { return false; })),
        directory_(RunDirectory::create(place_.path() / "state", "20261122-151100-7f3a")) {
    std::mt19937 random(3);
    content_.resize(5UL << 20U);
    for (char& byte : content_)
      byte = static_cast<char>(random());
    base::write_file(source(), content_);
  }

  [[nodiscard]] std::filesystem::path source() const { return place_.path() / "oms.tar"; }
  [[nodiscard]] std::filesystem::path target() const { return place_.path() / "there's one"; }
  [[nodiscard]] plan::SendFile action() const {
    return {"node-a", target(), source(), base::sha256(content_), content_.size()};
  }

  void send(const plan::SendFile& action) {
    Workbench bench{fleet_, MariadbServer::shared().tcp(), *lease_, "lab", directory_, clock_};
    StepContext step;
    step.id = "image.node-a";
    step.progress = [this](const std::string& text) {
      progress_.push_back(text);
      if (stops_ && is_there())
        source_of_stop_.request_stop();
    };
    step.stop = source_of_stop_.get_token();
    execute(action, bench, step);
  }

  [[nodiscard]] bool is_there() {
    return base::wait_until(clock_, base::Seconds{20}, base::Milliseconds{5}, {}, [&] {
             return std::filesystem::exists(target());
           }) == base::Waited::held;
  }

  /// After a broken transfer the host's own script takes the file away; it may need a moment.
  [[nodiscard]] bool comes_to_nothing() {
    return base::wait_until(clock_, base::Seconds{20}, base::Milliseconds{20}, {}, [&] {
             return !std::filesystem::exists(target());
           }) == base::Waited::held;
  }

  base::TempDir place_;
  remote::testing::SshServer server_;
  remote::Fleet fleet_;
  base::SystemClock clock_;
  std::unique_ptr<metadb::Lease> lease_;
  RunDirectory directory_;
  std::string content_;
  std::vector<std::string> progress_;
  std::stop_source source_of_stop_;
  bool stops_ = false;
};

TEST_F(SendFile, ArrivesWholeAndForRootAlone) {
  send(action());
  EXPECT_EQ(base::read_file(target()), content_);
  struct stat seen {};
  ASSERT_EQ(::stat(target().c_str(), &seen), 0);
  EXPECT_EQ(seen.st_mode & 07777U, 0600U);
  ASSERT_FALSE(progress_.empty());
  EXPECT_THAT(progress_.front(), HasSubstr(" of 5.0 MiB"));
}

TEST_F(SendFile, ReplacesWhatAnEarlierTryHasLeft) {
  base::write_file(target(), "half", {0644});
  send(action());
  EXPECT_EQ(base::read_file(target()), content_);
}

TEST_F(SendFile, FollowsNoLinkThatStandsThere) {
  base::write_file(place_.path() / "precious", "precious");
  std::filesystem::create_symlink(place_.path() / "precious", target());
  send(action());
  EXPECT_EQ(base::read_file(place_.path() / "precious"), "precious");
  EXPECT_FALSE(std::filesystem::is_symlink(target()));
}

TEST_F(SendFile, ThatIsAnotherThanWasCheckedIsNotLeftThere) {
  plan::SendFile changed = action();
  changed.sha256 = std::string(64, 'a');
  EXPECT_THAT(metadb::failure_of([&] { send(changed); }).what(),
              HasSubstr("is another file now than when it was checked"));
  EXPECT_FALSE(std::filesystem::exists(target()));
}

TEST_F(SendFile, ThatCannotBeReadLeavesNothing) {
  std::filesystem::remove(source());
  EXPECT_THAT(metadb::failure_of([&] { send(action()); }).what(), HasSubstr("oms.tar"));
  EXPECT_FALSE(std::filesystem::exists(target()));
}

TEST_F(SendFile, TellsWhyTheHostCannotWrite) {
  plan::SendFile nowhere = action();
  nowhere.path = place_.path() / "nowhere" / "file";
  const base::Error error = metadb::failure_of([&] { send(nowhere); });
  EXPECT_THAT(error.what(), HasSubstr("node-a: cannot write"));
  EXPECT_THAT(fmt::format("{}", fmt::join(error.trace(), "\n")), HasSubstr("nowhere"));
}

TEST_F(SendFile, ThatIsStoppedMidwayLeavesNothing) {
  stops_ = true;  // at the first piece
  EXPECT_THAT(metadb::failure_of([&] { send(action()); }).what(), HasSubstr("cannot write"));
  EXPECT_TRUE(source_of_stop_.stop_requested());
  EXPECT_TRUE(comes_to_nothing());
}

}  // namespace
}  // namespace omsctl::run
