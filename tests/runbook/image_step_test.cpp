#include <filesystem>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "omsctl/base/files.hpp"
#include "omsctl/docker/container.hpp"
#include "omsctl/docker/image_archive.hpp"
#include "omsctl/plan/describe.hpp"
#include "omsctl/remote/local_host.hpp"
#include "omsctl/runbook/runbook.hpp"

#include "support/sample_facts.hpp"

namespace omsctl::runbook {
namespace {

using facts::Facts;

constexpr const char* reference = "oms-lab/oms:feature_4.2.1-ce";
constexpr const char* right_layers = R"(["sha256:1111","sha256:2222"])";
constexpr const char* other_layers = R"(["sha256:9999"])";

/// Stands in for docker: what `docker load` answers is a file, an image is a file with its layers.
constexpr const char* docker = R"sh(#!/bin/sh
file() { echo "$STORE/images/$(printf %s "$1" | tr '/:' '__')"; }
case "$1 $2" in
  'load -i')
    [ -s "$3" ] || { echo "open $3: no such file"; exit 1; }
    [ ! -e "$STORE/hangs" ] || { : >"$STORE/began"; sleep 300; }
    cp -r "$STORE/loads/." "$STORE/images/"
    cat "$STORE/answer"
    exit "$(cat "$STORE/status")" ;;
  'image inspect')
    [ "$3" != --format ] || shift 2
    cat "$(file "$3")" ;;
  'tag '*) cp "$(file "$2")" "$(file "$3")" ;;
  *) exit 9 ;;
esac
)sh";

Facts with_archive() {
  Facts facts = tests::sample_facts(tests::vip_cm_url);
  facts.choices.image_archive = "/srv/oms.tar.gz";
  facts.archive = docker::ImageArchive{"", "", std::string(64, 'a'), 3ULL << 30U, {*facts.image}};
  return facts;
}

plan::Step image_step(const Facts& facts) {
  for (const plan::Stage& stage :
       scale_out_node(facts, "20261122-151100-7f3a", "0.1.0").plan.stages)
    for (const plan::Lane& lane : stage.lanes)
      for (const plan::Step& step : lane.steps)
        if (step.id == "image.192.0.2.12")
          return step;
  return {};
}

class LoadArchive : public testing::Test {
 protected:
  LoadArchive() {
    for (const char* name : {"bin", "images", "loads"})
      std::filesystem::create_directory(place_.path() / name);
    base::write_file(place_.path() / "bin/docker", docker, {0755});
    put("status", "0");
    facts_ = with_archive();
    facts_.nodes[1].paths["/data/oms/oms_store"].nearest = place_.path().string();
    // The path below which the archive lies must be a part of the mount's.
    for (docker::Mount& mount : facts_.nodes[0].containers[0].mounts)
      if (mount.destination == oms::store_in_container)
        mount.source = place_.path().string() + "/store";
    facts_.paths = oms::paths_of(facts_.nodes[0].containers[0]);
    facts_.nodes[1].paths[facts_.paths->store] = {
        facts::PathFacts::Kind::absent, "", "", true, 900ULL << 30U, place_.path().string()};
  }

  void put(const std::string& name, const std::string& content) {
    base::write_file(place_.path() / name, content);
  }
  void loads(const std::string& name, const std::string& layers) {
    put("loads/" + name, layers + std::string("\n"));
  }
  std::string image(const std::string& name) const {
    const auto file = place_.path() / "images" / name;
    return std::filesystem::exists(file) ? base::read_file(file) : "";
  }

  /// The step's script with an archive in its place.
  remote::Result run(base::Milliseconds deadline = base::Milliseconds{20'000},
                     const std::string& listener = "") {
    const plan::Step step = image_step(facts_);
    archive_ = std::get<plan::SendFile>(step.apply.at(0)).path;
    EXPECT_EQ(std::filesystem::path(archive_).parent_path(), place_.path());
    base::write_file(archive_, "an archive");
    remote::LocalHost host("localhost");
    const std::string surroundings =
        fmt::format("PATH={0}/bin:$PATH; STORE={0}; export PATH STORE\n", place_.path().string());
    return host.run({.script = surroundings + "(\n" +
                               std::get<plan::Command>(step.apply.at(1)).script + ")" + listener,
                     .deadline = deadline});
  }
  [[nodiscard]] bool archive_is_gone() const { return !std::filesystem::exists(archive_); }

  base::TempDir place_;
  Facts facts_;
  std::string archive_;
};

TEST_F(LoadArchive, LeavesTheNameThatItBrings) {
  loads("oms-lab_oms_feature_4.2.1-ce", right_layers);
  put("answer", fmt::format("Loaded image: {}\n", reference));
  const remote::Result result = run();
  EXPECT_TRUE(result.ok()) << result.out;
  EXPECT_EQ(result.out, fmt::format("Loaded image: {}\n", reference));
  EXPECT_TRUE(archive_is_gone());
}

TEST_F(LoadArchive, GivesAnImageOfAnotherNameTheRightOneToo) {
  loads("vendor_oms_4.2", right_layers);
  put("answer", "Loaded image: vendor/oms:4.2\n");
  EXPECT_TRUE(run().ok());
  EXPECT_EQ(image("oms-lab_oms_feature_4.2.1-ce"), std::string(right_layers) + "\n");
  EXPECT_TRUE(archive_is_gone());
}

TEST_F(LoadArchive, GivesAnImageWithoutANameTheRightOne) {
  loads("sha256_aaaa", right_layers);
  put("answer", "Loaded image ID: sha256:aaaa\n");
  EXPECT_TRUE(run().ok());
  EXPECT_EQ(image("oms-lab_oms_feature_4.2.1-ce"), std::string(right_layers) + "\n");
}

TEST_F(LoadArchive, TakesTheRightOneOfSeveral) {
  loads("vendor_oms_4.2.0", other_layers);
  loads("vendor_oms_4.2.1", right_layers);
  loads("vendor_tool_1", other_layers);
  put("answer",
      "The image vendor/oms:4.2.0 already exists, renaming the old one\n"
      "Loaded image: vendor/oms:4.2.0\nLoaded image: vendor/oms:4.2.1\nLoaded image: "
      "vendor/tool:1\n");
  EXPECT_TRUE(run().ok());
  EXPECT_EQ(image("oms-lab_oms_feature_4.2.1-ce"), std::string(right_layers) + "\n");
}

TEST_F(LoadArchive, RefusesAnotherImage) {
  loads("vendor_oms_4.2.0", other_layers);
  put("answer", "Loaded image: vendor/oms:4.2.0\n");
  const remote::Result result = run();
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(result.out.find("none of them is the image of the initial node"), std::string::npos);
  EXPECT_EQ(image("oms-lab_oms_feature_4.2.1-ce"), "");
  EXPECT_TRUE(archive_is_gone());
}

TEST_F(LoadArchive, TakesNoNameFromAnotherImage) {
  put("images/oms-lab_oms_feature_4.2.1-ce", other_layers);
  loads("vendor_oms_4.2.1", right_layers);
  put("answer", "Loaded image: vendor/oms:4.2.1\n");
  const remote::Result result = run();
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(result.out.find("names another image here"), std::string::npos);
  EXPECT_EQ(image("oms-lab_oms_feature_4.2.1-ce"), other_layers);
}

TEST_F(LoadArchive, GivesNoImageAnIdForAName) {
  facts_.choices.image = "sha256:aaaa";
  loads("vendor_oms_4.2.1", right_layers);
  put("answer", "Loaded image: vendor/oms:4.2.1\n");
  const remote::Result result = run();
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(result.out.find("here it is vendor/oms:4.2.1, and not sha256:aaaa"), std::string::npos);
}

TEST_F(LoadArchive, TellsWhatDockerSaidWhenItFails) {
  put("answer", "Error processing tar file: unexpected EOF\n");
  put("status", "1");
  const remote::Result result = run();
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(result.out.find("unexpected EOF"), std::string::npos);
  EXPECT_TRUE(archive_is_gone());
}

TEST_F(LoadArchive, LeavesNoArchiveWhenItsTimeIsUp) {
  put("hangs", "");
  EXPECT_EQ(run(base::Milliseconds{1'000}).ending, remote::Ending::timed_out);
  EXPECT_TRUE(std::filesystem::exists(place_.path() / "began"));
  EXPECT_TRUE(archive_is_gone());
}

TEST_F(LoadArchive, LeavesNoArchiveWhenNobodyListensAnyMore) {
  put("answer", std::string(500'000, 'x'));  // more than a pipe holds
  EXPECT_TRUE(run(base::Milliseconds{20'000}, " | true").ok());
  EXPECT_TRUE(archive_is_gone());
}

TEST(ImageArchiveStep, TakesTheArchiveBackAndKeepsTheImage) {
  const plan::Plan plan = scale_out_node(with_archive(), "20261122-151100-7f3a", "0").plan;
  const plan::Step step = image_step(with_archive());
  const auto& send = std::get<plan::SendFile>(step.apply.at(0));
  EXPECT_EQ(send.source, "/srv/oms.tar.gz");
  EXPECT_EQ(send.path, "/data/.omsctl-20261122-151100-7f3a.image");
  EXPECT_EQ(send.size, 3ULL << 30U);
  const auto back = plan::undone_by(plan, step.id);
  ASSERT_EQ(back.size(), 1U);
  EXPECT_EQ(std::get<plan::Command>(back[0]->apply.at(0)).script,
            "rm -f -- /data/.omsctl-20261122-151100-7f3a.image\n");
  EXPECT_NE(step.not_undone.find("the image is kept"), std::string::npos);
}

TEST(ImageArchiveStep, IsNotThereWhereTheImageIs) {
  Facts facts = with_archive();
  facts.nodes[1].images = {*facts.image};
  EXPECT_EQ(image_step(facts).id, "");
  facts.nodes[1].images[0].references = {"another/name:1"};
  EXPECT_EQ(image_step(facts).id, "image.192.0.2.12");
}

/// Where the archive lies for a while.
TEST(RoomForArchive, IsOnTheRoomiestOfTheMountsFileSystems) {
  Facts facts = with_archive();
  facts::NodeFacts& node = facts.nodes[1];
  node.paths["/data/oms/oms_logs"].free_bytes = 700ULL << 30U;
  node.paths["/data/oms/oms_logs"].nearest = "/data/oms";
  EXPECT_EQ(facts.room_for_archive(node).directory, "/data/oms");
  EXPECT_EQ(facts.room_for_archive(node).free_bytes, 700ULL << 30U);
}

TEST(RoomForArchive, IsAlwaysAPartOfAMountsPath) {
  Facts facts = with_archive();
  facts::NodeFacts& node = facts.nodes[1];
  for (auto& [path, seen] : node.paths)
    seen.nearest = "/etc\n\xff";
  EXPECT_EQ(facts.room_for_archive(node).directory, "/data");
  for (auto& [path, seen] : node.paths)
    seen.nearest = "/";
  EXPECT_EQ(facts.room_for_archive(node).directory, "/");
  EXPECT_EQ(std::get<plan::SendFile>(image_step(facts).apply.at(0)).path,
            "/.omsctl-20261122-151100-7f3a.image");
}

}  // namespace
}  // namespace omsctl::runbook
