#include "omsctl/oms/container.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "omsctl/base/error.hpp"
#include "omsctl/docker/answers.hpp"
#include "omsctl/docker/container.hpp"
#include "omsctl/docker/image.hpp"

namespace omsctl::oms {
namespace {

using testing::ElementsAre;
using testing::IsSupersetOf;

/// As Docker 20.10 prints it: PidsLimit is null for -1, Ulimits may be null.
constexpr const char* inspect_output = R"([{
  "Id": "cafe", "Name": "/oms_421", "Image": "sha256:aaaa",
  "State": {"Status": "running"},
  "Config": {"Image": "oms:4", "Env": ["OMS_HOST_IP=192.0.2.11", "IS_UPGRADE=true", "EXTRA=a b", "PATH=/bin"]},
  "HostConfig": {"NetworkMode": "host", "Privileged": true, "PidsLimit": null,
    "Ulimits": [{"Name": "nproc", "Soft": 65535, "Hard": 65535}, {"Name": "nofile", "Soft": 1, "Hard": 2}],
    "RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 3}},
  "Mounts": [
    {"Type": "bind", "Source": "/d/conf", "Destination": "/home/admin/conf", "RW": true},
    {"Type": "bind", "Source": "/d/logs", "Destination": "/home/admin/logs", "RW": true},
    {"Type": "bind", "Source": "/d/store", "Destination": "/home/ds/store", "RW": true},
    {"Type": "bind", "Source": "/d/run", "Destination": "/home/ds/run", "RW": true},
    {"Type": "bind", "Source": "/etc/tz:x", "Destination": "/etc/localtime", "RW": false},
    {"Type": "volume", "Source": "/var/v", "Destination": "/v", "RW": true}]
}])";

docker::Container sample() {
  return docker::parse_containers(inspect_output).at(0);
}

TEST(ParseContainers, ReadsWhatOmsNeeds) {
  const docker::Container container = sample();
  EXPECT_EQ(container.name, "oms_421");
  EXPECT_TRUE(container.is_running());
  EXPECT_EQ(container.variable("OMS_HOST_IP"), "192.0.2.11");
  EXPECT_EQ(container.pids_limit, 0);
  EXPECT_EQ(container.restart_policy, "on-failure:3");
  EXPECT_EQ(container.mounts.size(), 5U);
}

TEST(ParseContainers, RefusesWhatIsNoList) {
  EXPECT_THROW((void)docker::parse_containers("Cannot connect to the Docker daemon"), base::Error);
  EXPECT_THROW((void)docker::parse_containers("{}"), base::Error);
  EXPECT_TRUE(docker::parse_containers("[]").empty());
}

/// `edit` replaces a part of the sample.
std::string sample_with(const std::string& part, const std::string& edit) {
  std::string text = inspect_output;
  text.replace(text.find(part), part.size(), edit);
  return text;
}

TEST(ParseContainers, CallsAnotherFormAnAnswerThatCannotBeUsed) {
  const std::vector<std::pair<std::string, std::string>> edits{
      {R"("Privileged": true)", R"("Privileged": "true")"},
      {R"("Env": ["OMS_HOST_IP=192.0.2.11", "IS_UPGRADE=true", "EXTRA=a b", "PATH=/bin"])",
       R"("Env": {"OMS_HOST_IP": "192.0.2.11"})"},
      {R"("MaximumRetryCount": 3)", R"("MaximumRetryCount": "3")"},
      {R"("Name": "/oms_421")", R"("Name": ["/oms_421"])"},
      {R"("Name": "/oms_421")", R"("Name": "/-v/:/host")"},
      {R"("Name": "/oms_421")", R"("Name": "")"},
      {R"("Name": "/oms_421")", R"("Name": "oms;reboot")"},
      {R"("Id": "cafe")", R"("Id": 12)"},
      {R"([{)", R"([7, "x", null, {)"}};
  for (const auto& [part, edit] : edits) {
    try {
      (void)docker::parse_containers(sample_with(part, edit));
      ADD_FAILURE() << edit;
    } catch (const base::Error& error) {
      EXPECT_EQ(error.code(), base::Code::remote) << edit;
    }
  }
}

TEST(ParseContainers, TakesNullAndNothingForAnEmptyValue) {
  EXPECT_EQ(
      docker::parse_containers(R"([{"Name": "/a", "Mounts": null, "Config": null, "State": null}])")
          .at(0)
          .mounts.size(),
      0U);
  EXPECT_EQ(docker::parse_containers(R"([{"Name": "/a"}])").at(0).restart_policy, "no");
  EXPECT_THROW((void)docker::parse_containers(""), base::Error);
}

TEST(ParseImages, CallsAnotherFormAnAnswerThatCannotBeUsed) {
  EXPECT_THROW((void)docker::parse_images(R"([{"Id": "a", "Size": "big"}])"), base::Error);
  EXPECT_THROW((void)docker::parse_images(R"([{"Id": "a", "RootFS": {"Layers": {"0": "x"}}}])"),
               base::Error);
  EXPECT_THROW((void)docker::parse_images(std::string(100'000, '[')), base::Error);
}

TEST(HostPath, GoesThroughTheLongestFittingMount) {
  EXPECT_EQ(sample().host_path(config_in_container), "/d/conf/config.yaml");
  EXPECT_EQ(sample().host_path("/home/admin/logs"), "/d/logs");
  EXPECT_EQ(sample().host_path("/home/admin/logsX"), std::nullopt);
}

TEST(IsOms, NeedsTheConfigAndTheHostIp) {
  EXPECT_TRUE(is_oms(sample()));
  docker::Container other = sample();
  other.environment.clear();
  EXPECT_FALSE(is_oms(other));
}

TEST(DockerRun, TakesOverWhatTheInitialContainerHasAndDropsWhatIsItsOwn) {
  docker::Image image;
  image.config = R"({"Env":["PATH=/bin"]})";
  const docker::Container model = sample();
  const auto argv = docker_run(like(model, image, paths_of(model).value(), "192.0.2.12"));
  EXPECT_THAT(argv,
              ElementsAre("docker",
                          "run",
                          "-dit",
                          "--net",
                          "host",
                          "-v",
                          "/d/conf/config.yaml:/home/admin/conf/config.yaml",
                          "-v",
                          "/d/logs:/home/admin/logs",
                          "-v",
                          "/d/store:/home/ds/store",
                          "-v",
                          "/d/run:/home/ds/run",
                          "-v",
                          "/d/conf:/home/admin/conf",
                          "--mount",
                          "type=bind,source=/etc/tz:x,target=/etc/localtime,readonly",
                          "-e",
                          "OMS_HOST_IP=192.0.2.12",
                          "-e",
                          "EXTRA=a b",
                          "--privileged=true",
                          "--pids-limit",
                          "-1",
                          "--ulimit",
                          "nproc=65535:65535",
                          "--ulimit",
                          "nofile=1:2",
                          "--restart=on-failure:3",
                          "--name",
                          "oms_421",
                          "oms:4"));
}

TEST(DockerRun, MountsTheCertificateWhereNginxLooksForIt) {
  ContainerSpec spec{
      "c", "i", "192.0.2.12", {"/c", "/l", "/s", "/r", "/crt", "/key"}, {}, {}, {}, "no"};
  EXPECT_THAT(
      docker_run(spec),
      IsSupersetOf({"/crt:/etc/pki/nginx/oms_server.crt", "/key:/etc/pki/nginx/oms_server.key"}));
}

TEST(Image, IsTheSameByLayersAndConfigNotById) {
  const auto images = docker::parse_images(R"([
    {"Id": "a", "RootFS": {"Layers": ["1", "2"]}, "Config": {"Env": ["X=1"], "Cmd": null, "User": ""}},
    {"Id": "b", "RootFS": {"Layers": ["1", "2"]}, "Config": {"Env": ["X=1"], "Cmd": [], "User": null}},
    {"Id": "c", "RootFS": {"Layers": ["1", "2"]}, "Config": {"Env": ["X=2"]}}])");
  EXPECT_TRUE(images[0].same_as(images[1]));
  EXPECT_FALSE(images[0].same_as(images[2]));
  EXPECT_FALSE(docker::Image{}.same_as(docker::Image{}));
}

TEST(DifferencesFromGuide, AreToldOneALine) {
  docker::Container container = sample();
  container.network = "bridge";
  EXPECT_THAT(differences_from_guide(container, docker::Image{}),
              IsSupersetOf({"network is bridge, the guide says host",
                            "restart policy on-failure:3, taken over"}));
}

TEST(DifferencesFromGuide, NameWhatNewContainersDoNotGet) {
  const auto containers = docker::parse_containers(R"([{
      "Name": "/oms_421",
      "Config": {"Env": ["OMS_HOST_IP=10.0.0.1", "PATH=/bin", "JVM_SECRET=canary"], "StopTimeout": 120},
      "HostConfig": {"NetworkMode": "host", "Privileged": true, "PidsLimit": -1, "ShmSize": 1073741824,
                     "ExtraHosts": ["db:10.0.0.9"], "CapAdd": null, "Memory": 0, "IpcMode": "private",
                     "LogConfig": {"Type": "json-file", "Config": {"max-size": "10m"}}},
      "Mounts": [{"Type": "volume", "Name": "keys", "Source": "/var/lib/docker/volumes/keys/_data",
                  "Destination": "/keys"}]}])");
  docker::Image image;
  image.config = R"({"Env":["PATH=/bin"]})";
  EXPECT_THAT(
      differences_from_guide(containers.front(), image),
      testing::UnorderedElementsAre(
          "variable JVM_SECRET, taken over",
          "ShmSize 1073741824: NOT taken over to new nodes",
          R"(ExtraHosts ["db:10.0.0.9"]: NOT taken over to new nodes)",
          R"(LogConfig {"Config":{"max-size":"10m"},"Type":"json-file"}: NOT taken over to new nodes)",
          "volume keys on /keys: NOT taken over to new nodes",
          "StopTimeout 120: NOT taken over to new nodes"));
}

}  // namespace
}  // namespace omsctl::oms
