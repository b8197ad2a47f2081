#include <string_view>

#include <fmt/format.h>

#include "omsctl/remote/shell.hpp"
#include "omsctl/runbook/steps.hpp"

#include "back_steps.hpp"
#include "scripts.hpp"

namespace omsctl::runbook {
namespace {

using facts::Facts;
using plan::Command;
using plan::HostHolds;
using plan::SendFile;
using plan::ShipImage;
using plan::Step;
using remote::command_line;
using remote::quote;

constexpr int load_deadline = 3600;  // seconds; for 10 GB on a slow disk

/// Whole or shortened: Docker gives no such name to an image.
bool is_image_id(const std::string& image) {
  return image.starts_with("sha256:") ||
         (image.size() >= 12 && image.find_first_not_of("0123456789abcdef") == std::string::npos);
}

/// Loads an archive that lies on the host and removes it, whatever comes of it; exits 0 when
/// `image` then names an image with these layers. What docker loaded is read from its own answer;
/// one of them with these layers gets that name, where the name is free.
std::string load_script(const std::string& archive,
                        const std::string& image,
                        const std::string& layers_sha256) {
  // PIPE: what is printed after the connection was lost would end the shell without its EXIT trap.
  // Docker answers "Loaded image: NAME" or, for one without a name, "Loaded image ID: sha256:…", a
  // line for each.
  constexpr std::string_view load = R"sh(a={0}; n={1}; w={2}
trap 'rm -f -- "$a"' EXIT; trap 'exit 143' HUP INT PIPE TERM
layers() {{
  docker image inspect --format '{{{{json .RootFS.Layers}}}}' "$1" 2>/dev/null |
    sha256sum | cut -c1-64
}}
said=$(docker load -i "$a" 2>&1); rc=$?
printf '%s\n' "$said"
[ $rc = 0 ] || exit 1
[ "$(layers "$n")" != "$w" ] || exit 0
found=$(printf '%s\n' "$said" | sed -n 's/^Loaded image: //p; s/^Loaded image ID: //p' |
  while IFS= read -r i; do [ "$(layers "$i")" != "$w" ] || {{ printf %s "$i"; break; }}; done)
[ -n "$found" ] || {{ echo 'none of them is the image of the initial node'; exit 1; }}
)sh";
  constexpr std::string_view only_by_id = R"sh(echo "here it is $found, and not $n"; exit 1
)sh";
  constexpr std::string_view name_it = R"sh(if docker image inspect "$n" >/dev/null 2>&1; then
  echo "$n names another image here"; exit 1
fi
docker tag "$found" "$n"
)sh";
  std::string script = fmt::format(load, quote(archive), quote(image), quote(layers_sha256));
  return script.append(is_image_id(image) ? only_by_id : name_it);
}

HostHolds image_there(const Deployment& deployment, const std::string& host) {
  return {host,
          "the image is there",
          prints(layers_script(deployment.image), deployment.layers_sha256)};
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
                        load_script(place, deployment.image, deployment.layers_sha256),
                        load_deadline}};
  // Both: a run that was killed in between has left the file.
  step.ensures = {
      image_there(deployment, host),
      HostHolds{host, "no archive is left", fmt::format("[ ! -e {} ]\n", quote(place))}};
  return step;
}

}  // namespace

Step bring_image(const Deployment& deployment, const std::string& host) {
  Step step =
      deployment.facts.archive ? load_archive(deployment, host) : stream_image(deployment, host);
  step.id = "image." + host;
  step.where = host;
  step.source = "guide, region step 4: docker load -i <OMS Community Edition installation package>";
  step.not_undone = "the image is kept: it does no harm, and saves the next run the wait";
  return step;
}

Step remove_archive(const Deployment& deployment, const std::string& host) {
  return back_command("image." + host,
                      host,
                      "remove the image archive",
                      {"image." + host},
                      command_line({"rm", "-f", "--", archive_on(deployment, host)}) + "\n");
}

}  // namespace omsctl::runbook
