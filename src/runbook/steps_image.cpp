#include <fmt/format.h>

#include "omsctl/plan/calls.hpp"
#include "omsctl/runbook/steps.hpp"

#include "back.hpp"
#include "scripts.hpp"

namespace omsctl::runbook {
namespace {

using facts::Facts;
using plan::Command;
using plan::HostHolds;
using plan::SendFile;
using plan::ShipImage;
using plan::Step;

constexpr int load_deadline = 3600;  // seconds; for 10 GB on a slow disk

/// Whole or shortened: Docker gives no such name to an image.
bool is_image_id(const std::string& image) {
  return image.starts_with("sha256:") ||
         (image.size() >= 12 && image.find_first_not_of("0123456789abcdef") == std::string::npos);
}

HostHolds image_there(const Deployment& deployment, const std::string& host) {
  return {
      host, "the image is there", {plan::has_layers(deployment.image, deployment.layers_sha256)}};
}

Step stream_image(const Deployment& deployment, const std::string& host) {
  Step step;
  step.title =
      fmt::format("image {}, streamed from {}", deployment.image, deployment.facts.initial);
  step.apply = {ShipImage{host,
                          deployment.image,
                          deployment.facts.initial,
                          deployment.layers_sha256,
                          deployment.facts.image->size}};
  step.ensures = {image_there(deployment, host)};
  return step;
}

/// Where the archive lies on the host until it is loaded.
std::string archive_on(const Deployment& deployment, const std::string& host) {
  const std::string directory =
      deployment.facts.room_for_archive(*deployment.facts.node(host)).directory;
  return (directory == "/" ? "" : directory) + "/.omsctl-" + deployment.run + ".image";
}

/// Copied as a file first, so that what docker reads is whole: a stream that breaks would leave it
/// with half an image.
Step load_archive(const Deployment& deployment, const std::string& host) {
  const Facts& facts = deployment.facts;
  const std::string place = archive_on(deployment, host);
  const std::string& source = facts.choices.image_archive;
  Step step;
  step.title = fmt::format("image {}, loaded from {}", deployment.image, source);
  step.apply = {SendFile{host, place, source, facts.archive->sha256, facts.archive->size},
                Command{host,
                        "load the image",
                        {{"load_image",
                          {place,
                           deployment.image,
                           deployment.layers_sha256,
                           is_image_id(deployment.image) ? "id" : "name"}}},
                        load_deadline}};
  // Both: a run that was killed in between has left the file.
  step.ensures = {image_there(deployment, host),
                  HostHolds{host, "no archive is left", {is_absent(place)}}};
  return step;
}

}  // namespace

Step bring_image(const Deployment& deployment, const std::string& host) {
  Step step =
      deployment.facts.archive ? load_archive(deployment, host) : stream_image(deployment, host);
  step.id = "image." + host;
  step.where = host;
  step.source =
      "guide: region, step 4: docker load -i <OMS Community Edition installation package>";
  step.not_undone = "the image is kept: it does no harm, and saves the next run the wait";
  return step;
}

Step remove_archive(const Deployment& deployment, const std::string& host) {
  return back_command("image." + host,
                      host,
                      "remove the image archive",
                      {"image." + host},
                      {remove_files({archive_on(deployment, host)})});
}

}  // namespace omsctl::runbook
