#include "omsctl/run/store/next_command.hpp"

#include <gtest/gtest.h>

#include "omsctl/run/store/directory.hpp"

namespace omsctl::run {
namespace {

TEST(NextCommand, OfARunAtItsUsualPlaceNeedsNoPlace) {
  const auto run = default_state_directory() / "runs" / "20261122-151100-7f3a";
  EXPECT_EQ(to_type("resume", run), "omsctl resume 20261122-151100-7f3a");
}

TEST(NextCommand, OfARunThatIsLeftIsEitherWayAndOfOneThatGoesBackThatOne) {
  const auto run = default_state_directory() / "runs" / "20261122-151100-7f3a";
  EXPECT_EQ(last_words(run, false),
            "\nexiting now; continue with: omsctl resume 20261122-151100-7f3a   or back with: "
            "omsctl rollback 20261122-151100-7f3a\n");
  EXPECT_EQ(last_words(run, true),
            "\nexiting now; continue with: omsctl rollback 20261122-151100-7f3a\n");
}

TEST(NextCommand, OfARunElsewhereSaysWhereAndCanBePastedIntoAShell) {
  EXPECT_EQ(to_type("rollback", "/srv/o'brien $(x)/runs/20261122-151100-7f3a"),
            "omsctl rollback 20261122-151100-7f3a --state-dir '/srv/o'\\''brien $(x)'");
}

}  // namespace
}  // namespace omsctl::run
