/// A run on disk: everything that resuming, rolling back or reporting it needs (design §11).
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "omsctl/base/error.hpp"
#include "omsctl/base/files.hpp"

namespace omsctl::run {

/// "20261122-151100-7f3a": UTC and four random digits.
[[nodiscard]] std::string new_run_id();
/// Whether `text` looks like one.
[[nodiscard]] bool is_run_id(const std::string& text);

/// A file in the directory of a run that was fetched from its second copy: its journal ends before
/// the run did.
inline constexpr const char* fetched_mark = "fetched";
/// There while it is fetched: a directory that still has it is not whole.
inline constexpr const char* fetching_mark = "fetching";

/// $XDG_STATE_HOME/omsctl, else ~/.local/state/omsctl. Throws Error{usage} when neither variable is
/// set.
[[nodiscard]] std::filesystem::path default_state_directory();

/// One run's directory, mode 0700, files 0600. The owner of the object that created or locked it is
/// alive as long as the flock on `lock` is held: "the holder is gone" on the same machine means
/// that the flock is free.
class RunDirectory {
 public:
  /// Creates <state>/runs/<run>/ and locks it. Throws Error{storage}.
  static RunDirectory create(const std::filesystem::path& state, const std::string& run);
  /// Opens an existing run without locking it. `run` may be a prefix or "last". Throws Error{usage}
  /// when there is none, or when several fit.
  static RunDirectory open(const std::filesystem::path& state, const std::string& run);

  /// Locks an opened one, for as long as this object lives. Throws Error{locked} when another
  /// process has it.
  void lock();
  /// Removes it, with all it holds: for a run that never began.
  void discard() const noexcept;

  [[nodiscard]] const std::string& run() const noexcept { return run_; }
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  [[nodiscard]] std::filesystem::path artifact(const std::string& name) const;
  [[nodiscard]] bool has_artifact(const std::string& name) const;
  void write_artifact(const std::string& name, const std::string& content) const;
  [[nodiscard]] std::string read_artifact(const std::string& name) const;
  /// Appends to logs/<name>.log what a host printed.
  void log(const std::string& name, const std::string& text) const;
  /// Takes up `bytes` of this machine's disk for what must still be written when it is full. Throws
  /// Error{storage} when there is not so much room.
  void reserve(std::uint64_t bytes) const;
  void give_up_reserve() const noexcept;
  /// What `write` gives. When it fails on this machine's disk, the reserve is given up and it is
  /// tried once more.
  template <typename Write>
  auto with_reserve(const Write& write) const {
    try {
      return write();
    } catch (const base::Error& error) {
      if (error.code() != base::Code::storage)
        throw;
      give_up_reserve();
    }
    return write();
  }
  /// Whether another process holds the run's lock.
  [[nodiscard]] bool is_locked() const;

 private:
  RunDirectory(std::string run, std::filesystem::path path);
  std::string run_;
  std::filesystem::path path_;
  base::Fd lock_;
};

/// The ids of all runs, oldest first; none when there is no such directory. Throws Error{storage}
/// when it cannot be read.
[[nodiscard]] std::vector<std::string> list_runs(const std::filesystem::path& state);

}  // namespace omsctl::run
