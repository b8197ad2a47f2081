#include "omsctl/run/store/directory.hpp"

#include <fcntl.h>
#include <pwd.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <random>
#include <regex>
#include <system_error>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "omsctl/base/digest.hpp"
#include "omsctl/base/error.hpp"
#include "omsctl/base/text.hpp"

namespace omsctl::run {
namespace {

/// Artifact names hold host names, which may hold anything that a host name may: kept readable,
/// made safe.
std::string file_name(const std::string& name) {
  std::string safe;
  for (const char c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '.' || c == '-' || c == '_';
    safe += plain ? c : '_';
  }
  if (safe == name && !safe.starts_with('.'))
    return safe;
  return "_" + safe + "-" + base::sha256(name).substr(0, 8);
}

}  // namespace

std::string new_run_id() {
  std::random_device random;
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return fmt::format("{:%Y%m%d-%H%M%S}-{:04x}", fmt::gmtime(now), random() & 0xFFFFU);
}

bool is_run_id(const std::string& text) {
  static const std::regex form("[0-9]{8}-[0-9]{6}-[0-9a-f]{4}");
  return std::regex_match(text, form);
}

std::filesystem::path default_state_directory() {
  const char* state = std::getenv("XDG_STATE_HOME");
  if (state != nullptr && *state == '/')
    return std::filesystem::path(state) / "omsctl";
  const char* home = std::getenv("HOME");
  if (home == nullptr || *home == '\0') {
    const passwd* entry = ::getpwuid(::geteuid());
    home = entry == nullptr ? nullptr : entry->pw_dir;
  }
  if (home == nullptr || *home == '\0')
    throw base::Error(base::Code::usage,
                      "neither XDG_STATE_HOME nor HOME is set, and this user has no home",
                      "give --state-dir DIR");
  return std::filesystem::path(home) / ".local" / "state" / "omsctl";
}

RunDirectory::RunDirectory(std::string run, std::filesystem::path path)
    : run_(std::move(run)), path_(std::move(path)) {}

RunDirectory RunDirectory::create(const std::filesystem::path& state, const std::string& run) {
  base::make_private_directory(state);
  base::make_private_directory(state / "runs");
  RunDirectory directory(run, state / "runs" / run);
  base::make_private_directory(directory.path_);
  for (const char* part : {"artifacts", "backup", "logs"})
    base::make_private_directory(directory.path_ / part);
  directory.lock_ = base::create_file(directory.path_ / "lock");
  if (::flock(directory.lock_.get(), LOCK_EX | LOCK_NB) != 0)
    throw base::Error(base::Code::storage,
                      fmt::format("cannot lock {}", (directory.path_ / "lock").string()));
  return directory;
}

RunDirectory RunDirectory::open(const std::filesystem::path& state, const std::string& run) {
  const std::vector<std::string> runs = list_runs(state);
  if (runs.empty())
    throw base::Error(base::Code::usage,
                      fmt::format("there are no runs in {}", (state / "runs").string()),
                      "be the user who began it, or name another place with --state-dir; resume "
                      "and rollback fetch the second copy with --from HOST");
  if (run == "last")
    return {runs.back(), state / "runs" / runs.back()};
  std::vector<std::string> fitting;
  for (const std::string& id : runs)
    if (id == run || (!run.empty() && id.starts_with(run)))
      fitting.push_back(id);
  if (fitting.empty())
    throw base::Error(base::Code::usage,
                      fmt::format("there is no run \"{}\"", base::printable(run)),
                      "omsctl runs lists them");
  if (fitting.size() > 1)
    throw base::Error(base::Code::usage,
                      fmt::format("\"{}\" fits several runs: {}", run, base::join(fitting, ", ")),
                      "give more of its id");
  return {fitting.front(), state / "runs" / fitting.front()};
}

void RunDirectory::lock() {
  const auto path = path_ / "lock";
  lock_ = base::Fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock_)
    throw base::Error(
        base::Code::storage,
        fmt::format("cannot open {}: {}", path.string(), std::generic_category().message(errno)));
  if (::flock(lock_.get(), LOCK_EX | LOCK_NB) == 0)
    return;
  lock_ = {};
  throw base::Error(base::Code::locked,
                    fmt::format("run {} is under way: another process works on it", run_),
                    fmt::format("watch it: omsctl attach {}", run_));
}

void RunDirectory::discard() const noexcept {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path RunDirectory::artifact(const std::string& name) const {
  return path_ / "artifacts" / file_name(name);
}

bool RunDirectory::has_artifact(const std::string& name) const {
  std::error_code ignored;
  return std::filesystem::exists(artifact(name), ignored);
}

void RunDirectory::write_artifact(const std::string& name, const std::string& content) const {
  with_reserve([&] { base::write_file(artifact(name), content); });
}

std::string RunDirectory::read_artifact(const std::string& name) const {
  return base::read_file(artifact(name));
}

void RunDirectory::log(const std::string& name, const std::string& text) const {
  const auto path = path_ / "logs" / (file_name(name) + ".log");
  with_reserve([&] {
    const base::Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    if (!fd)
      throw base::Error(
          base::Code::storage,
          fmt::format(
              "cannot write {}: {}", path.string(), std::generic_category().message(errno)));
    base::write_all(fd.get(), text, path.string());
  });
}

void RunDirectory::reserve(std::uint64_t bytes) const {
  base::create_ballast(path_ / "reserve", bytes);
}

void RunDirectory::give_up_reserve() const noexcept {
  ::unlink((path_ / "reserve").c_str());
}

bool RunDirectory::is_locked() const {
  if (lock_)
    return false;
  const base::Fd fd(::open((path_ / "lock").c_str(), O_RDONLY | O_CLOEXEC));
  return fd && ::flock(fd.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

std::vector<std::string> list_runs(const std::filesystem::path& state) {
  std::vector<std::string> runs;
  const auto directory = state / "runs";
  try {
    for (const auto& entry : std::filesystem::directory_iterator(directory))
      if (entry.is_directory())
        runs.push_back(entry.path().filename().string());
  } catch (const std::filesystem::filesystem_error& error) {
    if (error.code() != std::errc::no_such_file_or_directory)
      throw base::Error(base::Code::storage,
                        fmt::format("cannot look for runs in {}: {}",
                                    base::printable(directory.string()),
                                    error.code().message()),
                        "be the user who began them, or name another place with --state-dir");
  }
  std::sort(runs.begin(), runs.end());
  return runs;
}

}  // namespace omsctl::run
