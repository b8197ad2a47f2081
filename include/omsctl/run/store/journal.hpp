/// What a run did, one JSON object a line, on disk before its effect.
#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "omsctl/base/files.hpp"

namespace omsctl::run {

/// Events of a journal. A record carries `at` (UTC), `event`, and what belongs to it: `stage`,
/// `step`, `where`, `seconds`, `reason`; a failed step whose docker_init.sh may still run:
/// `may_live`. The end of a run that was undone has `complete` (nothing is left behind), and
/// `by_itself` where the run did that without being asked.
namespace event {
inline constexpr const char* run_started = "run_started";
inline constexpr const char* run_resumed = "run_resumed";
inline constexpr const char* outage_began = "outage_began";
inline constexpr const char* outage_ended = "outage_ended";
inline constexpr const char* step_started = "step_started";
inline constexpr const char* step_done = "step_done";
inline constexpr const char* step_failed = "step_failed";
inline constexpr const char* id_changed = "id_changed";
inline constexpr const char* run_ended = "run_ended";
}  // namespace event

inline constexpr int journal_format = 2;

/// Appends records; each is fdatasynced before append() returns, or not there at all. Its room on
/// disk is taken up when it is opened, where the file system can do that. Thread-safe.
class Journal {
 public:
  /// Opens or creates journal.jsonl; a new one begins with {"format":2}. A torn last line left by a
  /// crash is cut off first: whatever else cannot be read in a journal is damage.
  explicit Journal(const std::filesystem::path& path);
  /// `at` is now where the record does not say it.
  void append(nlohmann::json record);

 private:
  std::mutex mutex_;
  std::string path_;
  base::Fd fd_;
  std::int64_t size_ = 0;  ///< bytes of whole records
};

/// `content` up to its last line break: what follows is a line that a crash has torn.
[[nodiscard]] std::string_view whole_lines(std::string_view content);

/// The records without the format line. A torn last line is ignored; a line elsewhere that is none,
/// an unknown format, or a record whose values are of other types than those that are written, is
/// Error{storage}, which names the line.
[[nodiscard]] std::vector<nlohmann::json> read_journal(const std::filesystem::path& path);

/// The same of a journal's content; `name` is what messages call it.
[[nodiscard]] std::vector<nlohmann::json> records_in(std::string_view content,
                                                     const std::string& name);

}  // namespace omsctl::run
