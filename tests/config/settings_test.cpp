#include "omsctl/config/settings.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "omsctl/base/error.hpp"
#include "omsctl/base/files.hpp"

#include "config/settings_samples.hpp"

namespace omsctl::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Settings loaded(const std::string& text) {
  const LoadedSettings result = load_settings(text, Origin::target);
  EXPECT_THAT(summary(result), IsEmpty());
  return result.settings.value_or(Settings{});
}

TEST(Settings, HoldWhatTheFileSays) {
  const Settings settings = loaded(good_config());
  EXPECT_EQ(settings.meta_host, "192.0.2.5");
  EXPECT_EQ(settings.meta_port, Port{2883});
  EXPECT_EQ(settings.meta_user, "oms@meta#cluster");
  EXPECT_EQ(settings.meta_password.reveal(), "Kestrel-42");
  EXPECT_EQ(settings.rm_db, "oms_rm");
  EXPECT_EQ(settings.cm_db, "oms_cm");
  EXPECT_EQ(settings.heartbeat_db, "oms_cm_heartbeat");
  EXPECT_EQ(settings.cm_url.host, "192.0.2.100");
  EXPECT_EQ(settings.cm_location, 2);
  EXPECT_EQ(settings.cm_region, "cn-jiangsu");
  EXPECT_EQ(settings.cm_region_cn, "江苏");
  EXPECT_TRUE(settings.cm_is_default);
  EXPECT_THAT(settings.cm_nodes, ElementsAre("192.0.2.11", "192.0.2.12"));
}

TEST(Settings, DefaultWhatTheFileLeavesOut) {
  const Settings settings = loaded(with("cm_is_default", ""));
  EXPECT_TRUE(settings.cm_is_default);
  EXPECT_FALSE(settings.tsdb.enabled);
  EXPECT_FALSE(settings.init_db);
  EXPECT_EQ(settings.ports, NodePorts{});
}

TEST(Settings, ReadPortsAndTimeSeries) {
  const Settings settings =
      loaded(plus("cm_server_port: \"18088\"\ntsdb_enabled: true\ntsdb_service: 'INFLUXDB'\n"
                  "tsdb_url: influx.example.com:8086\ntsdb_username: u\ntsdb_password: p"));
  EXPECT_EQ(settings.ports.cm, Port{18088});
  EXPECT_TRUE(settings.tsdb.enabled);
  EXPECT_EQ(settings.tsdb.url, "influx.example.com:8086");
  EXPECT_EQ(settings.tsdb.password.reveal(), "p");
}

TEST(DeployedSettings, AreReadLenientlyWhereOmsAlreadyLivesWithThem) {
  const std::string text = with("cm_url", "cm_url: http://127.0.0.1:8088") + "init_db: \"true\"\n";
  const LoadedSettings result = load_settings(text, Origin::deployed);
  EXPECT_FALSE(result.has_errors());
  ASSERT_TRUE(result.settings);
  EXPECT_TRUE(result.settings->init_db);
  EXPECT_EQ(result.problems.size(), 2U);
}

TEST(DeployedSettings, TakeUnquotedYesForTrueAsPythonDoes) {
  const auto result = load_settings(with("cm_is_default", "cm_is_default: no"), Origin::deployed);
  ASSERT_TRUE(result.settings);
  EXPECT_FALSE(result.settings->cm_is_default);
}

TEST(Problems, AreAllReportedAtOnceInTheOrderOfTheLines) {
  const std::string text =
      with("cm_location", "cm_location: 300") + "oms_meta_port: 1\nextra: 1\ninit_db: true\n";
  EXPECT_THAT(
      problems_of(text),
      ElementsAre("E9 cm_location must be a whole number from 0 to 127, not \"300\"",
                  "E16 duplicate key oms_meta_port",
                  "W17 unknown key \"extra\"",
                  "E18 init_db must not be true: a MetaDB that is in use would be set up anew"));
}

TEST(Problems, NameColumnsInCharactersAndShowTheLine) {
  const auto result = load_settings(with("cm_region_cn", "cm_region_cn: &江 江苏"), Origin::target);
  ASSERT_EQ(result.problems.size(), 1U);
  EXPECT_EQ(describe("config.yaml", result.problems.front()),
            "config.yaml:11:15: error: anchors (&name) are not supported\n"
            "  11 | cm_region_cn: &江 江苏\n"
            "  hint: write the value itself");
}

TEST(Problems, NeverShowASecret) {
  const std::vector<std::string> lines{"oms_meta_password: \"CANARY",
                                       "oms_meta_password:CANARY",
                                       "oms_meta_password: !CANARY x",
                                       "oms_meta_password: [CANARY]",
                                       "oms_meta_password: {CANARY: CANARY}",
                                       "oms_meta_password:\tCANARY",
                                       "oms_meta_password: @CANARY",
                                       "oms_meta_password: CANARY: CANARY",
                                       "oms_meta_password:\n  CANARY\n  : x",
                                       "oms_meta_password: |\n  CANARY\n CANARY"};
  for (const std::string& line : lines) {
    const LoadedSettings result = load_settings(with("oms_meta_password", line), Origin::target);
    EXPECT_TRUE(result.has_errors()) << line;
    for (const Problem& problem : result.problems)
      EXPECT_THAT(describe("f", problem), testing::Not(HasSubstr("CANARY"))) << line;
  }
}

TEST(SettingsFile, ThatOthersMayReadOrWriteIsAnErrorWithTheFix) {
  const base::TempDir directory;
  const std::string path = directory.path() / "config.yaml";
  for (const mode_t mode : {0640U, 0604U, 0620U, 0602U}) {
    base::write_file(path, good_config());
    ASSERT_EQ(::chmod(path.c_str(), mode), 0);
    const LoadedSettings result = load_settings_file(path);
    EXPECT_FALSE(result.settings);
    ASSERT_EQ(result.problems.size(), 1U);
    EXPECT_EQ(result.problems.front().hint, "chmod 600 " + path);
  }
}

TEST(SettingsFile, IsReadThroughASymbolicLink) {
  const base::TempDir directory;
  base::write_file(directory.path() / "real.yaml", good_config());
  std::filesystem::create_symlink("real.yaml", directory.path() / "config.yaml");
  EXPECT_TRUE(load_settings_file(directory.path() / "config.yaml").settings);
}

TEST(SettingsFile, ThatCannotBeReadIsAConfigErrorThatSaysWhy) {
  const base::TempDir directory;
  const std::string fifo = directory.path() / "fifo";
  const std::string secret = directory.path() / "secret";
  base::write_file(secret, good_config(), base::FileMode{0});
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  std::vector<std::string> paths{directory.path() / "missing", directory.path(), fifo};
  if (::geteuid() != 0)
    paths.push_back(secret);
  for (const std::string& path : paths) {
    try {
      static_cast<void>(load_settings_file(path));
      FAIL() << path;
    } catch (const base::Error& error) {
      EXPECT_EQ(error.code(), base::Code::config);
      EXPECT_THAT(error.what(), HasSubstr("cannot read " + path + ": "));
    }
  }
}

TEST(SettingsFile, OfTenMegabytesIsRefused) {
  const base::TempDir directory;
  const std::string path = directory.path() / "config.yaml";
  base::write_file(path, std::string(10UL * 1024 * 1024, 'x'));
  EXPECT_THAT(summary(load_settings_file(path)),
              ElementsAre("E0 the file has 10.0 MiB: too large for a config.yaml"));
}

TEST(ExampleFiles, LoadWithoutAProblem) {
  for (const std::string name : {"node-physical.yaml", "node-vip.yaml"})
    EXPECT_THAT(problems_of(base::read_file(std::string(OMSCTL_SOURCE_DIR "/examples/") + name)),
                IsEmpty())
        << name;
}

}  // namespace
}  // namespace omsctl::config
