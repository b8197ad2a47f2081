#include <gtest/gtest.h>

#include "omsctl/docker/image_archive.hpp"
#include "omsctl/plan/describe.hpp"
#include "omsctl/runbook/scale_out.hpp"

#include "support/sample_facts.hpp"

namespace omsctl::runbook {
namespace {

using facts::Facts;

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

TEST(ImageArchiveStep, TakesTheArchiveBackAndKeepsTheImage) {
  const plan::Plan plan = scale_out_node(with_archive(), "20261122-151100-7f3a", "0").plan;
  const plan::Step step = image_step(with_archive());
  const auto& send = std::get<plan::SendFile>(step.apply.at(0));
  EXPECT_EQ(send.source, "/srv/oms.tar.gz");
  EXPECT_EQ(send.path, "/data/.omsctl-20261122-151100-7f3a.image");
  EXPECT_EQ(send.size, 3ULL << 30U);
  const auto back = plan::undone_by(plan, step.id);
  ASSERT_EQ(back.size(), 1U);
  EXPECT_EQ(std::get<plan::Command>(back[0]->apply.at(0)).calls,
            (remote::Calls{{"remove_files", {"/data/.omsctl-20261122-151100-7f3a.image"}}}));
  EXPECT_NE(step.not_undone.find("the image is kept"), std::string::npos);
}

TEST(ImageArchiveStep, GivesNoImageAnIdForAName) {
  const auto kind = [](const Facts& facts) {
    return std::get<plan::Command>(image_step(facts).apply.at(1)).calls.at(0).arguments.at(3);
  };
  Facts facts = with_archive();
  EXPECT_EQ(kind(facts), "name");
  facts.choices.image = "sha256:aaaa";
  EXPECT_EQ(kind(facts), "id");
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
