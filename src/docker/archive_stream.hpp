/// A file, what it unpacks to, and the tar archive in that, each read as a stream. Private to this
/// room.
#pragma once

#include <archive.h>
#include <archive_entry.h>
#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "omsctl/base/digest.hpp"
#include "omsctl/base/files.hpp"
#include "omsctl/docker/image_archive.hpp"

namespace omsctl::docker {

/// Throws Error{storage}: the file is damaged, or incomplete.
[[noreturn]] void cut_off(std::string_view words);

struct FreeReader {
  void operator()(archive* reader) const noexcept { archive_read_free(reader); }
};
using Reader = std::unique_ptr<archive, FreeReader>;

/// The file as bytes, digested on the way. Tells how far it is, and stops when asked.
class Source {
 public:
  Source(base::Fd file,
         std::uint64_t size,
         const ArchiveProgress& progress,
         const std::stop_token& stop);

  /// The next bytes; none at the end.
  std::string_view next();
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
  explicit Unpacked(Source& source);

  /// The next bytes; none at the end. They stay where they are until the next call.
  std::string_view next();
  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }

 private:
  /// Called from C: nothing may be thrown through it.
  static la_ssize_t read_file(archive*, void* self, const void** data) noexcept;
  [[noreturn]] void fail();

  Source& source_;
  Reader reader_;
  std::exception_ptr thrown_;
  std::uint64_t bytes_ = 0;
};

/// The entries of the tar archive that something unpacks to.
class Tar {
 public:
  explicit Tar(Unpacked& unpacked);

  /// The next entry, or nullptr at the end.
  archive_entry* next();
  /// The entry's content; only for one that is no longer than `size` bytes.
  std::string content(std::size_t size);
  /// Where the last entry ended, in bytes.
  [[nodiscard]] std::uint64_t end_of_entries() const;

 private:
  static la_ssize_t read_unpacked(archive*, void* self, const void** data) noexcept;
  [[noreturn]] void fail();

  Unpacked& unpacked_;
  Reader reader_;
  std::exception_ptr thrown_;
  bool began_ = false;
};

}  // namespace omsctl::docker
