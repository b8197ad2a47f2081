// What a host answers, asked for real on this machine, with stand-ins for docker and curl that
// answer as no healthy host does.
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "omsctl/base/files.hpp"
#include "omsctl/facts/host_probes.hpp"
#include "omsctl/remote/local_host.hpp"
#include "omsctl/remote/process.hpp"

#include "support/stand_ins.hpp"

namespace omsctl::facts {
namespace {

namespace fs = std::filesystem;

/// All commands of this machine but one, which alone make up PATH while it lives.
class WithoutCommand {
 public:
  explicit WithoutCommand(const std::string& missing) : before_(std::getenv("PATH")) {
    for (const char* directory : {"/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"}) {
      std::error_code none;
      for (const fs::directory_entry& entry : fs::directory_iterator(directory, none))
        if (entry.path().filename() != missing)
          fs::create_symlink(entry.path(), directory_.path() / entry.path().filename(), none);
    }
    ::setenv("PATH", directory_.path().c_str(), 1);
  }
  WithoutCommand(const WithoutCommand&) = delete;
  WithoutCommand& operator=(const WithoutCommand&) = delete;
  WithoutCommand(WithoutCommand&&) = delete;
  WithoutCommand& operator=(WithoutCommand&&) = delete;
  ~WithoutCommand() { ::setenv("PATH", before_.c_str(), 1); }

 private:
  base::TempDir directory_;
  std::string before_;
};

class HostileHost : public ::testing::Test {
 protected:
  HostileHost() {
    node_.address = "127.0.0.1";
    commands_.add("curl", "echo 200\n");
    commands_.add("docker", docker("20.10.24", "[]"));
  }

  static std::string docker(const std::string& version, const std::string& list) {
    return fmt::format(
        "echo 'WARNING: Error loading config file: permission denied' >&2\n"
        "case \"$*\" in version*) echo '{}';; *q*) echo cafe;; *inspect*) cat <<'END'\n{}\nEND\n"
        "esac\n",
        version,
        list);
  }

  void ask() { ask_host(node_, host_, {}); }

  tests::StandIns commands_;
  remote::LocalHost host_{"127.0.0.1"};
  NodeFacts node_;
};

TEST_F(HostileHost, MayWarnOnStderrAndIsUnderstood) {
  ask();
  EXPECT_EQ(node_.docker_version, "20.10.24");
  EXPECT_EQ(node_.docker_problem, "");
  EXPECT_TRUE(node_.missing_commands.empty()) << node_.missing_commands.front();
}

TEST_F(HostileHost, WhoseDockerAnswersInAnotherFormHasAProblemWithAName) {
  for (const char* list :
       {R"([{"Name": 7}])", R"([{"Name": "/--rm"}])", "no list", "{}", "[\"\xff\"]"}) {
    commands_.add("docker", docker("20.10.24", list));
    node_ = {};
    node_.address = "127.0.0.1";
    ask();
    EXPECT_NE(node_.docker_problem.find("docker"), std::string::npos) << list;
  }
}

TEST_F(HostileHost, WhoseDockerFailsToListIsNotTakenForOneWithoutContainers) {
  commands_.add("docker", "case $1 in version) echo 20.10.24;; *) echo oh >&2; exit 1;; esac\n");
  ask();
  EXPECT_NE(node_.docker_problem.find("oh"), std::string::npos) << node_.docker_problem;
}

TEST_F(HostileHost, ThatLacksIpHasNoAddressesOfItsOwn) {
  commands_.add("ip", "echo 'ip: not found' >&2; exit 127\n");
  ask();
  EXPECT_TRUE(node_.own_addresses.empty());
}

TEST_F(HostileHost, ThatLacksACommandIsFoundOut) {
  for (const char* missing : {"flock", "find", "fallocate", "truncate"}) {
    const WithoutCommand without(missing);
    ask();
    EXPECT_EQ(node_.missing_commands, std::vector<std::string>{missing});
  }
}

TEST_F(HostileHost, ThatLacksTimeoutIsToldSoAlthoughNothingCanBeAskedWithoutIt) {
  const WithoutCommand without("timeout");
  ask();
  EXPECT_FALSE(node_.connection.reachable);
  EXPECT_EQ(node_.connection.failure, "command");
  EXPECT_NE(node_.connection.reason.find("timeout"), std::string::npos) << node_.connection.reason;
}

TEST_F(HostileHost, ThatFloodsIsNotListenedToForEver) {
  commands_.add("hostname", "exec head -c 200000000 /dev/zero\n");
  ask();
  EXPECT_FALSE(node_.connection.reachable);
  EXPECT_LT(node_.connection.reason.size(), 2000U);
}

TEST_F(HostileHost, TellsOfAPathWhateverItsName) {
  const base::TempDir place;
  const fs::path odd = place.path() / " $(touch canary)`touch canary`;'\"\\ \n\xF0\x9F\x98\x80 ";
  fs::create_directories(odd / "full" / "\n");
  fs::create_directories(odd / "empty ");
  base::write_file(odd / "-file", "x");
  DetailQuestions questions;
  questions.paths = {(odd / "-file").string(),
                     (odd / "full").string(),
                     (odd / "empty ").string(),
                     (odd / "not" / "there").string()};
  ask_node_details(node_, questions, host_, {});
  using Kind = PathFacts::Kind;
  const auto at = [&](const std::string& path) { return node_.paths.at(path); };
  EXPECT_EQ(at(questions.paths.config).kind, Kind::file);
  EXPECT_EQ(at(questions.paths.logs).kind, Kind::directory);
  EXPECT_FALSE(at(questions.paths.logs).empty);
  EXPECT_TRUE(at(questions.paths.store).empty);
  EXPECT_EQ(at(questions.paths.store).nearest, questions.paths.store);
  EXPECT_EQ(at(questions.paths.run).kind, Kind::absent);
  EXPECT_EQ(at(questions.paths.run).nearest, odd.string());
  EXPECT_EQ(at(questions.paths.run).free_bytes.has_value(), true);
  EXPECT_GT(at(questions.paths.run).free_bytes.value_or(0), 0U);
}

TEST_F(HostileHost, WhoseFileSystemDoesNotAnswerHasNoFreeSpaceToTell) {
  commands_.add("stat", "exit 1\n");
  DetailQuestions questions;
  questions.paths = {"/etc/passwd", "/tmp", "/tmp", "/tmp"};
  ask_node_details(node_, questions, host_, {});
  EXPECT_EQ(node_.paths.at("/tmp").free_bytes, std::nullopt);
  EXPECT_EQ(node_.paths.at("/tmp").kind, PathFacts::Kind::directory);
}

}  // namespace
}  // namespace omsctl::facts
