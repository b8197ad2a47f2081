// Whatever file --image-archive names: what is wrong with it is told, never thrown. An input is
// both the file, and the texts of an archive with a zero byte between them.
#include "omsctl/docker/image_archive.hpp"

#include "omsctl/base/text.hpp"
#include "omsctl/docker/image.hpp"

#include "../../src/docker/archive_entries.hpp"
#include "fuzz.hpp"

using namespace omsctl;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string input = fuzz::text_of(data, size);
  const docker::ImageArchive archive = docker::read_image_archive(fuzz::write("image.tar", input));
  fuzz::require(archive.problem.empty() != archive.images.empty(),
                "there are images, or a problem");
  for (const docker::Image& image : archive.images)
    fuzz::require(archive.holds(image), "an archive holds what it lists");

  docker::ArchiveEntries entries{.names = {"layer.tar", "0", "1"}, .texts = {}};
  const std::vector<std::string> texts = base::split(input, '\0');
  for (std::size_t i = 0; i < std::min<std::size_t>(texts.size(), 3); ++i) {
    const std::string name = i == 0 ? "manifest.json" : std::to_string(i - 1);
    entries.names.insert(name);
    entries.texts.emplace(name, texts[i]);
  }
  fuzz::succeeds(base::Code::storage, [&] {
    for (const docker::Image& image : docker::images_in(entries))
      fuzz::require(image.same_as(image), "an image has layers");
  });
  return 0;
}
