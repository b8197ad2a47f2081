/// What the tests of actions and runs share: this machine under two names as the hosts, and a lease
/// on a real server.
#pragma once

#include <memory>

#include "omsctl/run/executor.hpp"

#include "metadb/fixture.hpp"
#include "support/mariadb_server.hpp"

namespace omsctl::run {

class BenchTest : public metadb::MetadbTest {
 protected:
  static constexpr const char* host = "localhost";
  static constexpr const char* other_host = "127.0.0.1";

  BenchTest()
      : fleet_({}),
        lease_(metadb::Lease::take(support::MariadbServer::shared().tcp(),
                                   "lab",
                                   {"a", "ada", "here", "scale-out node"},
                                   base::Milliseconds{0},
                                   [](const metadb::LeaseRecord&) { return false; })),
        directory_(RunDirectory::create(place_.path() / "state", "20261122-151100-7f3a")) {}

  [[nodiscard]] Workbench bench() {
    return {fleet_, support::MariadbServer::shared().tcp(), *lease_, "lab", directory_, clock_};
  }

  void carry_out(const plan::Action& action) {
    Workbench bench = this->bench();
    StepContext step;
    step.id = "step";
    step.progress = [](const std::string&) {};
    execute(action, bench, step);
  }

  base::TempDir place_;
  remote::Fleet fleet_;
  base::SystemClock clock_;
  std::unique_ptr<metadb::Lease> lease_;
  RunDirectory directory_;
};

}  // namespace omsctl::run
