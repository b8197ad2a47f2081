#include "omsctl/oms/image_archive.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "omsctl/base/digest.hpp"
#include "omsctl/base/error.hpp"
#include "omsctl/base/files.hpp"

#include "archive_entries.hpp"

namespace omsctl::oms {
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

[[noreturn]] void cut_off(std::string_view words) {
  throw Error(Code::storage,
              fmt::format("it is damaged, or ends before its end: {}", words),
              "copy or download it again, and compare it with the original (sha256sum)");
}

[[noreturn]] void no_archive() {
  throw Error(Code::storage,
              "it is no tar archive, neither plain nor packed by gzip, bzip2, xz or zstd");
}

struct FreeReader {
  void operator()(archive* reader) const noexcept { archive_read_free(reader); }
};
using Reader = std::unique_ptr<archive, FreeReader>;

std::string words_of(archive* reader) {
  const char* words = archive_error_string(reader);
  return words == nullptr ? "it cannot be read" : words;
}

/// The file as bytes, digested on the way. Tells how far it is, and stops when asked.
class Source {
 public:
  Source(base::Fd file,
         std::uint64_t size,
         const ArchiveProgress& progress,
         const std::stop_token& stop)
      : file_(std::move(file)), size_(size), progress_(progress), stop_(stop), buffer_(1U << 18U) {}

  /// The next bytes; none at the end.
  std::string_view next() {
    if (stop_.stop_requested())
      throw Error(Code::interrupted, "reading it was interrupted");
    ssize_t got = 0;
    do {
      got = ::read(file_.get(), buffer_.data(), buffer_.size());
    } while (got < 0 && errno == EINTR);
    if (got < 0)
      throw Error(Code::storage,
                  fmt::format("it cannot be read: {}", std::generic_category().message(errno)));
    const std::string_view piece(buffer_.data(), static_cast<std::size_t>(got));
    digest_.update(piece);
    done_ += piece.size();
    if (progress_)
      progress_(done_, std::max(size_, done_));
    return piece;
  }
  [[nodiscard]] std::uint64_t done() const noexcept { return done_; }
  [[nodiscard]] std::string digest() { return digest_.finish(); }

 private:
  base::Fd file_;
  std::uint64_t size_;
  const ArchiveProgress& progress_;
  const std::stop_token& stop_;
  std::vector<char> buffer_;
  base::Sha256 digest_;
  std::uint64_t done_ = 0;
};

/// What the file unpacks to, be it packed or not.
class Unpacked {
 public:
  explicit Unpacked(Source& source) : source_(source), reader_(archive_read_new()) {
    // Named one by one: "all" would start other programs for rare packings.
    archive_read_support_filter_gzip(reader_.get());
    archive_read_support_filter_bzip2(reader_.get());
    archive_read_support_filter_xz(reader_.get());
    archive_read_support_filter_zstd(reader_.get());
    archive_read_support_format_raw(reader_.get());
    archive_entry* only = nullptr;
    const bool opened =
        archive_read_open(reader_.get(), this, nullptr, read_file, nullptr) == ARCHIVE_OK &&
        archive_read_next_header(reader_.get(), &only) == ARCHIVE_OK;
    if (!opened)
      fail();
  }

  /// The next bytes; none at the end. They stay where they are until the next call.
  std::string_view next() {
    const void* data = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    int status = ARCHIVE_OK;
    do {
      status = archive_read_data_block(reader_.get(), &data, &size, &offset);
    } while (status == ARCHIVE_OK && size == 0);
    if (status == ARCHIVE_EOF)
      return {};
    if (status != ARCHIVE_OK)
      fail();
    bytes_ += size;
    return {static_cast<const char*>(data), size};
  }
  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }

 private:
  /// Called from C: nothing may be thrown through it.
  static la_ssize_t read_file(archive*, void* self, const void** data) noexcept {
    auto* unpacked = static_cast<Unpacked*>(self);
    try {
      const std::string_view piece = unpacked->source_.next();
      *data = piece.data();
      return static_cast<la_ssize_t>(piece.size());
    } catch (...) {
      unpacked->thrown_ = std::current_exception();
      return ARCHIVE_FATAL;
    }
  }
  [[noreturn]] void fail() {
    if (thrown_)
      std::rethrow_exception(thrown_);
    cut_off(words_of(reader_.get()));
  }

  Source& source_;
  Reader reader_;
  std::exception_ptr thrown_;
  std::uint64_t bytes_ = 0;
};

/// The entries of the tar archive that something unpacks to.
class Tar {
 public:
  explicit Tar(Unpacked& unpacked) : unpacked_(unpacked), reader_(archive_read_new()) {
    archive_read_support_format_tar(reader_.get());
    if (archive_read_open(reader_.get(), this, nullptr, read_unpacked, nullptr) != ARCHIVE_OK)
      fail();
  }

  /// The next entry, or nullptr at the end.
  archive_entry* next() {
    archive_entry* entry = nullptr;
    const int status = archive_read_next_header(reader_.get(), &entry);
    if (status == ARCHIVE_EOF)
      return nullptr;
    // ARCHIVE_WARN: a name in another character set, say.
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN)
      fail();
    began_ = true;
    return entry;
  }

  /// The entry's content; only for one that is no longer than `size` bytes.
  std::string content(std::size_t size) {
    std::string text(size, '\0');
    const la_ssize_t got = archive_read_data(reader_.get(), text.data(), text.size());
    if (got < 0 || static_cast<std::size_t>(got) != size)
      fail();
    return text;
  }

  /// Where the last entry ended, in bytes.
  [[nodiscard]] std::uint64_t end_of_entries() const {
    return static_cast<std::uint64_t>(archive_read_header_position(reader_.get()));
  }

 private:
  static la_ssize_t read_unpacked(archive*, void* self, const void** data) noexcept {
    auto* tar = static_cast<Tar*>(self);
    try {
      const std::string_view piece = tar->unpacked_.next();
      *data = piece.data();
      return static_cast<la_ssize_t>(piece.size());
    } catch (...) {
      tar->thrown_ = std::current_exception();
      return ARCHIVE_FATAL;
    }
  }
  [[noreturn]] void fail() {
    if (thrown_)
      std::rethrow_exception(thrown_);
    if (!began_)
      no_archive();
    cut_off(words_of(reader_.get()));
  }

  Unpacked& unpacked_;
  Reader reader_;
  std::exception_ptr thrown_;
  bool began_ = false;
};

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

}  // namespace omsctl::oms
