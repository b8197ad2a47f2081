#include <chrono>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "run/bench.hpp"
#include "support/stand_ins.hpp"

namespace omsctl::run {
namespace {

using testing::HasSubstr;

/// An image that is streamed between this machine and itself, by a docker that only plays its part.
class ShipImage : public BenchTest {
 protected:
  [[nodiscard]] base::Error failure_with(const std::string& save, const std::string& load) {
    docker_.add("docker", fmt::format("case $1 in save) {} ;; load) {} ;; esac\n", save, load));
    const auto began = std::chrono::steady_clock::now();
    base::Error error = metadb::failure_of([&] {
      carry_out(plan::ShipImage{host, "oms:4.2.1", other_host, std::string(64, 'a')});
    });
    took_ = std::chrono::steady_clock::now() - began;
    return error;
  }

  tests::StandIns docker_;
  std::chrono::steady_clock::duration took_{};
};

TEST_F(ShipImage, EndsASenderThatIsStillSilentWhenTheReceiverHasEnded) {
  const base::Error error =
      failure_with("exec sleep 20", "echo 'no space left on device' >&2; exit 1");
  EXPECT_LT(took_, std::chrono::seconds(15));
  EXPECT_THAT(error.what(), HasSubstr("localhost: docker load: exit status 1"));
  EXPECT_THAT(fmt::format("{}", fmt::join(error.trace(), "\n")), HasSubstr("no space left"));
}

TEST_F(ShipImage, EndsASenderThatSendsWhenTheReceiverHasEnded) {
  const base::Error error =
      failure_with("exec timeout 20 cat /dev/zero", "head -c 100000 >/dev/null; exit 1");
  EXPECT_LT(took_, std::chrono::seconds(15));
  EXPECT_THAT(error.what(), HasSubstr("localhost: docker load: exit status 1"));
}

TEST_F(ShipImage, TellsOfTheSenderWhenThatFailedFirst) {
  const base::Error error =
      failure_with("echo 'no such image' >&2; exit 1", "cat >/dev/null; exit 2");
  EXPECT_THAT(error.what(), HasSubstr("127.0.0.1: docker save: exit status 1"));
}

TEST_F(ShipImage, MayBeTakenBeforeTheSenderHasSentItsLastByte) {
  const base::Error error = failure_with("exec sleep 20", "exit 0");
  EXPECT_LT(took_, std::chrono::seconds(15));
  // What counts is what is there afterwards.
  EXPECT_THAT(error.what(), HasSubstr("what was loaded is not the initial node's image"));
}

}  // namespace
}  // namespace omsctl::run
