/// Files and descriptors that outlive a crash: read whole, written atomically, fsynced.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace omsctl::base {

/// An owned POSIX file descriptor; -1 means none.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int value) noexcept : value_(value) {}
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  Fd(Fd&& other) noexcept : value_(other.release()) {}
  Fd& operator=(Fd&& other) noexcept;
  ~Fd();

  [[nodiscard]] int get() const noexcept { return value_; }
  [[nodiscard]] explicit operator bool() const noexcept { return value_ >= 0; }
  int release() noexcept;
  void close() noexcept;

 private:
  int value_ = -1;
};

/// Permission bits of a file, e.g. owner_only.
struct FileMode {
  mode_t bits = 0600;
};
inline constexpr FileMode owner_only{0600};
inline constexpr FileMode owner_directory{0700};

/// The whole file. Throws Error{storage} naming the path and the reason.
[[nodiscard]] std::string read_file(const std::filesystem::path& path);

/// Writes `content` to a temporary file beside `path`, fsyncs it, renames it over `path` and fsyncs
/// the directory: after a crash there is the old file or the new one. Throws Error{storage}.
void write_file(const std::filesystem::path& path,
                std::string_view content,
                FileMode mode = owner_only);

/// Writes all of `data` to `fd`, whatever write(2) takes at a time. Throws Error{storage} naming
/// `what`.
void write_all(int fd, std::string_view data, std::string_view what);

/// Opens for reading, or creates and truncates for writing. Throws Error{storage}.
[[nodiscard]] Fd open_for_reading(const std::filesystem::path& path);
[[nodiscard]] Fd create_file(const std::filesystem::path& path, FileMode mode = owner_only);

/// A file that takes up `bytes` on disk and holds nothing: room for later. Throws Error{storage},
/// and leaves no file, when there is not so much room.
void create_ballast(const std::filesystem::path& path, std::uint64_t bytes);

/// Bytes of all files below a directory. Throws Error{storage}.
[[nodiscard]] std::uint64_t bytes_below(const std::filesystem::path& directory);

/// fsync of a descriptor and of a directory. Throws Error{storage}.
void sync_file(int fd, std::string_view what);
void sync_directory(const std::filesystem::path& path);

/// Creates the directory and its parents, the last one with mode 0700, and fsyncs the parent.
void make_private_directory(const std::filesystem::path& path);

/// A directory of mode 0700 under $XDG_RUNTIME_DIR (/tmp where that is unset or unusable), removed
/// with all it holds at the end.
class TempDir {
 public:
  TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  TempDir(TempDir&& other) noexcept;
  TempDir& operator=(TempDir&& other) noexcept;
  ~TempDir();

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  void remove() noexcept;
  std::filesystem::path path_;
};

}  // namespace omsctl::base
