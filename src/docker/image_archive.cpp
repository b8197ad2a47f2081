#include "omsctl/docker/image_archive.hpp"

#include <archive_entry.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "omsctl/base/error.hpp"
#include "omsctl/base/files.hpp"

#include "archive_entries.hpp"
#include "archive_stream.hpp"

namespace omsctl::docker {
namespace {

using base::Code;
using base::Error;

// What no image archive comes near: an image has 127 layers at most, with three entries each.
constexpr std::size_t most_entries = 20'000;
constexpr std::size_t longest_name = 1024;      // bytes
constexpr std::size_t most_text = 16UL << 20U;  // bytes, of all JSON together

constexpr std::uint64_t end_mark = 1024;  // bytes: two blocks of zeros end a tar file (POSIX)

constexpr const char* any_archive =
    "give a file that `docker save` wrote, or the vendor's image package";

/// Without the "./" that tar itself puts before names.
std::string name_of(archive_entry* entry) {
  const char* name = archive_entry_pathname(entry);
  std::string_view text = name == nullptr ? "" : name;
  while (text.starts_with("./"))
    text.remove_prefix(2);
  return std::string(text);
}

bool may_be_json(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && (text[first] == '{' || text[first] == '[');
}

ArchiveEntries read_entries(Tar& tar) {
  ArchiveEntries entries;
  std::size_t kept = 0;
  while (archive_entry* entry = tar.next()) {
    const std::string name = name_of(entry);
    if (entries.names.size() >= most_entries || name.size() > longest_name)
      throw Error(Code::storage, "it holds more entries, or longer names, than any image archive");
    entries.names.insert(name);
    const la_int64_t size = archive_entry_size(entry);
    // Of two entries with one name the later counts, as when Docker unpacks them.
    entries.texts.erase(name);
    if (archive_entry_filetype(entry) != AE_IFREG || size < 0 ||
        static_cast<std::size_t>(size) > longest_json)
      continue;
    std::string text = tar.content(static_cast<std::size_t>(size));
    if (!may_be_json(text))
      continue;
    kept += text.size();
    if (kept > most_text)
      throw Error(Code::storage, "it holds more JSON than any image archive");
    entries.texts[name] = std::move(text);
  }
  return entries;
}

void read(Source& source, ImageArchive& archive) {
  Unpacked unpacked(source);
  Tar tar(unpacked);
  const ArchiveEntries entries = read_entries(tar);
  while (!unpacked.next().empty()) {
  }
  if (unpacked.bytes() < tar.end_of_entries() + end_mark)
    cut_off("the mark at the end of a tar archive is missing");
  while (!source.next().empty()) {
  }
  archive.images = images_in(entries);
}

}  // namespace

bool ImageArchive::holds(const Image& image) const {
  return std::any_of(
      images.begin(), images.end(), [&](const Image& one) { return one.same_as(image); });
}

ImageArchive read_image_archive(const std::filesystem::path& file,
                                const ArchiveProgress& progress,
                                const std::stop_token& stop) {
  ImageArchive archive;
  try {
    if (std::filesystem::is_directory(file))
      throw Error(Code::storage, "it is a directory", "give the archive file itself");
    if (!std::filesystem::is_regular_file(file))
      throw Error(Code::storage, "it is no regular file", "give a file on a disk");
    archive.size = std::filesystem::file_size(file);
    if (archive.size == 0)
      throw Error(Code::storage, "it is empty", "copy or download it again");
    Source source(base::open_for_reading(file), archive.size, progress, stop);
    read(source, archive);
    archive.size = source.done();
    archive.sha256 = source.digest();
  } catch (const Error& error) {
    archive.problem = error.what();
    archive.hint = error.hint().empty() ? any_archive : error.hint();
  } catch (const std::filesystem::filesystem_error& error) {
    archive.problem = "it cannot be looked at: " + error.code().message();
    archive.hint = any_archive;
  }
  return archive;
}

}  // namespace omsctl::docker
