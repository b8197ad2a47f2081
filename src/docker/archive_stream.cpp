#include "archive_stream.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "omsctl/base/error.hpp"

namespace omsctl::docker {
namespace {

using base::Code;
using base::Error;

[[noreturn]] void no_archive() {
  throw Error(Code::storage,
              "it is no tar archive, neither plain nor packed by gzip, bzip2, xz or zstd");
}

std::string words_of(archive* reader) {
  const char* words = archive_error_string(reader);
  return words == nullptr ? "it cannot be read" : words;
}

}  // namespace

void cut_off(std::string_view words) {
  throw Error(Code::storage,
              fmt::format("it is damaged, or ends before its end: {}", words),
              "copy or download it again, and compare it with the original (sha256sum)");
}

Source::Source(base::Fd file,
               std::uint64_t size,
               const ArchiveProgress& progress,
               const std::stop_token& stop)
    : file_(std::move(file)), size_(size), progress_(progress), stop_(stop), buffer_(1U << 18U) {}

std::string_view Source::next() {
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

Unpacked::Unpacked(Source& source) : source_(source), reader_(archive_read_new()) {
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

std::string_view Unpacked::next() {
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

la_ssize_t Unpacked::read_file(archive*, void* self, const void** data) noexcept {
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

void Unpacked::fail() {
  if (thrown_)
    std::rethrow_exception(thrown_);
  cut_off(words_of(reader_.get()));
}

Tar::Tar(Unpacked& unpacked) : unpacked_(unpacked), reader_(archive_read_new()) {
  archive_read_support_format_tar(reader_.get());
  if (archive_read_open(reader_.get(), this, nullptr, read_unpacked, nullptr) != ARCHIVE_OK)
    fail();
}

archive_entry* Tar::next() {
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

std::string Tar::content(std::size_t size) {
  std::string text(size, '\0');
  const la_ssize_t got = archive_read_data(reader_.get(), text.data(), text.size());
  if (got < 0 || static_cast<std::size_t>(got) != size)
    fail();
  return text;
}

std::uint64_t Tar::end_of_entries() const {
  return static_cast<std::uint64_t>(archive_read_header_position(reader_.get()));
}

la_ssize_t Tar::read_unpacked(archive*, void* self, const void** data) noexcept {
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

void Tar::fail() {
  if (thrown_)
    std::rethrow_exception(thrown_);
  if (!began_)
    no_archive();
  cut_off(words_of(reader_.get()));
}

}  // namespace omsctl::docker
