#include "archive_entries.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "omsctl/base/digest.hpp"
#include "omsctl/base/error.hpp"
#include "omsctl/base/json.hpp"
#include "omsctl/base/text.hpp"

namespace omsctl::docker {
namespace {

using nlohmann::json;

constexpr std::size_t most_images = 100;

[[noreturn]] void fail(const std::string& problem) {
  throw base::Error(
      base::Code::storage, problem, "write it anew where the image is: docker save -o FILE IMAGE");
}

/// A name as the archive spells it, in a message.
std::string shown(const std::string& name) {
  return base::shortened(name, 200);
}

void require_entry(const ArchiveEntries& entries, const std::string& name) {
  if (!entries.names.contains(name))
    fail(fmt::format("its manifest.json names {}, which is not in it", shown(name)));
}

json parse(const ArchiveEntries& entries, const std::string& name) {
  const auto text = entries.texts.find(name);
  if (text == entries.texts.end())
    fail(fmt::format("its {} is no JSON, or longer than {} MiB", shown(name), longest_json >> 20U));
  if (base::is_deep_json(text->second))
    fail(fmt::format("its {} is nested too deep", shown(name)));
  auto value = base::try_json(text->second);
  if (!value)
    fail(fmt::format("its {} is no JSON", shown(name)));
  return *std::move(value);
}

json child(const json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() ? json() : *found;
}

std::vector<std::string> texts_of(const json& list, const std::string& what) {
  std::vector<std::string> texts;
  if (list.is_null())  // for none, Docker writes that
    return texts;
  if (!list.is_array())
    fail(fmt::format("{} is no list", what));
  for (const json& item : list) {
    if (!item.is_string())
      fail(fmt::format("{} holds something that is no text", what));
    texts.push_back(item.get<std::string>());
  }
  return texts;
}

Image image_of(const json& item, const ArchiveEntries& entries) {
  const json name = child(item, "Config");
  if (!name.is_string())
    fail("its manifest.json names no config of an image");
  const auto config_name = name.get<std::string>();
  const std::vector<std::string> layers =
      texts_of(child(item, "Layers"), "Layers of manifest.json");
  for (const std::string& layer : layers)
    require_entry(entries, layer);
  require_entry(entries, config_name);
  const json config = parse(entries, config_name);
  Image image;
  image.id = "sha256:" + base::sha256(entries.texts.at(config_name));
  image.references = texts_of(child(item, "RepoTags"), "RepoTags of manifest.json");
  image.layers =
      texts_of(child(child(config, "rootfs"), "diff_ids"), "diff_ids of " + shown(config_name));
  image.config = canonical_config(child(config, "config"));
  if (image.layers.empty() || image.layers.size() != layers.size())
    fail(fmt::format("its manifest.json names {} layers of an image, {} of them are in {}",
                     layers.size(),
                     image.layers.size(),
                     shown(config_name)));
  return image;
}

}  // namespace

std::vector<Image> images_in(const ArchiveEntries& entries) {
  const std::string manifest_name = "manifest.json";
  if (!entries.names.contains(manifest_name))
    fail("it has no manifest.json: `docker save` did not write it");
  const json manifest = parse(entries, manifest_name);
  if (!manifest.is_array() || manifest.empty())
    fail("its manifest.json lists no image");
  if (manifest.size() > most_images)
    fail(fmt::format("its manifest.json lists more than {} images", most_images));
  std::vector<Image> images;
  for (const json& item : manifest)
    images.push_back(image_of(item, entries));
  return images;
}

}  // namespace omsctl::docker
