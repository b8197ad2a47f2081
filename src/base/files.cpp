#include "omsctl/base/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "omsctl/base/error.hpp"
#include "omsctl/base/text.hpp"

namespace omsctl::base {
namespace {

[[noreturn]] void fail(std::string_view verb, std::string_view what, int number) {
  throw Error(Code::storage,
              fmt::format("cannot {} {}: {}", verb, what, std::generic_category().message(number)),
              number == ENOSPC ? "free some space, then run the command again" : "");
}

/// $XDG_RUNTIME_DIR where it is usable, else /tmp. After `su` it may name another user's directory,
/// or none; and the paths of sockets below it must stay short and free of what ssh expands.
std::string private_root() {
  constexpr std::size_t longest = 60;
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  std::string root = runtime == nullptr ? "" : runtime;
  const bool is_plain = root.find_first_not_of(
                            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                            "0123456789/._-") == std::string::npos;
  if (root.starts_with('/') && root.size() <= longest && is_plain &&
      ::access(root.c_str(), W_OK | X_OK) == 0)
    return root;
  return "/tmp";
}

}  // namespace

Fd& Fd::operator=(Fd&& other) noexcept {
  if (this != &other) {
    close();
    value_ = other.release();
  }
  return *this;
}

Fd::~Fd() {
  close();
}

int Fd::release() noexcept {
  return std::exchange(value_, -1);
}

void Fd::close() noexcept {
  if (value_ >= 0)
    ::close(release());
}

void write_all(int fd, std::string_view data, std::string_view what) {
  while (!data.empty()) {
    const ssize_t written = ::write(fd, data.data(), data.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      fail("write", what, errno);
    data.remove_prefix(static_cast<std::size_t>(written));
  }
}

Fd open_for_reading(const std::filesystem::path& path) {
  Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd)
    fail("read", path.string(), errno);
  return fd;
}

Fd create_file(const std::filesystem::path& path, FileMode mode) {
  Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode.bits));
  if (!fd)
    fail("create", path.string(), errno);
  return fd;
}

std::string read_file(const std::filesystem::path& path) {
  const Fd fd = open_for_reading(path);
  std::string content;
  std::array<char, 65536> buffer{};
  for (;;) {
    const ssize_t got = ::read(fd.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      fail("read", path.string(), errno);
    if (got == 0)
      return content;
    content.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

void create_ballast(const std::filesystem::path& path, std::uint64_t bytes) {
  const Fd fd = create_file(path);
  const int number = ::posix_fallocate(fd.get(), 0, static_cast<off_t>(bytes));
  if (number != 0) {
    ::unlink(path.c_str());
    fail(fmt::format("reserve {} in", human_size(bytes)), path.string(), number);
  }
}

std::uint64_t bytes_below(const std::filesystem::path& directory) {
  std::uint64_t bytes = 0;
  try {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory))
      bytes += entry.is_regular_file() ? entry.file_size() : 0;
  } catch (const std::filesystem::filesystem_error& error) {
    fail("read", directory.string(), error.code().value());
  }
  return bytes;
}

void sync_file(int fd, std::string_view what) {
  if (::fsync(fd) != 0)
    fail("flush", what, errno);
}

void sync_directory(const std::filesystem::path& path) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd)
    fail("open directory", path.string(), errno);
  sync_file(fd.get(), path.string());
}

void write_file(const std::filesystem::path& path, std::string_view content, FileMode mode) {
  const std::filesystem::path temporary = path.string() + fmt::format(".{}.tmp", ::getpid());
  try {
    const Fd fd = create_file(temporary, mode);
    write_all(fd.get(), content, temporary.string());
    sync_file(fd.get(), temporary.string());
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    const int number = errno;
    ::unlink(temporary.c_str());
    fail("write", path.string(), number);
  }
  sync_directory(path.has_parent_path() ? path.parent_path() : ".");
}

void make_private_directory(const std::filesystem::path& path) {
  const std::filesystem::path parent = path.has_parent_path() ? path.parent_path() : ".";
  std::error_code error;
  std::filesystem::create_directories(parent, error);
  if (error)
    fail("create directory", parent.string(), error.value());
  if (::mkdir(path.c_str(), owner_directory.bits) != 0 && errno != EEXIST)
    fail("create directory", path.string(), errno);
  sync_directory(parent);
}

TempDir::TempDir() {
  std::string pattern = private_root() + "/omsctl-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr)
    fail("create a directory like", pattern, errno);
  path_ = pattern;
}

TempDir::TempDir(TempDir&& other) noexcept : path_(std::exchange(other.path_, {})) {}

TempDir& TempDir::operator=(TempDir&& other) noexcept {
  if (this != &other) {
    remove();
    path_ = std::exchange(other.path_, {});
  }
  return *this;
}

TempDir::~TempDir() {
  remove();
}

void TempDir::remove() noexcept {
  std::error_code ignored;
  if (!path_.empty())
    std::filesystem::remove_all(path_, ignored);
}

}  // namespace omsctl::base
