#include "omsctl/run/journal.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include <fmt/format.h>

#include "omsctl/base/clock.hpp"
#include "omsctl/base/error.hpp"
#include "omsctl/base/text.hpp"

namespace omsctl::run {
namespace {

using nlohmann::json;

constexpr off_t room = 1 << 20;  // bytes; a run of 80 hosts writes some 200 kB

bool ends_torn(const std::filesystem::path& path) {
  const std::string content = base::read_file(path);
  return !content.empty() && content.back() != '\n';
}

}  // namespace

Journal::Journal(const std::filesystem::path& path) : path_(path.string()) {
  fd_ = base::Fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  struct stat status {};
  if (!fd_ || ::fstat(fd_.get(), &status) != 0)
    throw base::Error(base::Code::storage, fmt::format("cannot open the journal {}", path_));
  // A run that is under way must not end because others have filled the disk meanwhile.
  if (::fallocate(fd_.get(), FALLOC_FL_KEEP_SIZE, status.st_size, room) != 0 && errno == ENOSPC)
    throw base::Error(base::Code::storage,
                      fmt::format("no space left for the journal {}", path_),
                      "make room there, or choose another place with --state-dir DIR");
  if (status.st_size == 0)
    base::write_all(fd_.get(), "{\"format\":1}\n", path_);
  else if (ends_torn(path))
    base::write_all(fd_.get(), "\n", path_);
  size_ = ::lseek(fd_.get(), 0, SEEK_END);
  base::sync_file(fd_.get(), path_);
  base::sync_directory(path.parent_path());
}

void Journal::append(json record) {
  record["at"] = base::utc_now();
  const std::string line = record.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
  const std::lock_guard lock(mutex_);
  try {
    base::write_all(fd_.get(), line, path_);
  } catch (const base::Error&) {
    // Half a record would spoil the next one; where that fails too, readers skip a torn line.
    static_cast<void>(::ftruncate(fd_.get(), size_) == 0);
    throw;
  }
  size_ += static_cast<std::int64_t>(line.size());
  if (::fdatasync(fd_.get()) != 0)
    throw base::Error(base::Code::storage, fmt::format("cannot flush the journal {}", path_));
}

std::vector<json> read_journal(const std::filesystem::path& path) {
  const std::string content = base::read_file(path);
  const std::vector<std::string> lines = base::lines_of(content);
  std::vector<json> records;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    json record = json::parse(lines[i], nullptr, false);
    const bool torn_by_a_crash = i + 1 == lines.size() && !content.ends_with('\n');
    if (record.is_discarded() || !record.is_object()) {
      // A crash tears the last line; when the run was taken up again that line was ended and stays
      // unreadable.
      const bool ended_later = i + 1 < lines.size() && i > 0;
      if (torn_by_a_crash || ended_later)
        continue;
      throw base::Error(base::Code::storage,
                        fmt::format("{}:{}: this is no journal record", path.string(), i + 1));
    }
    if (i == 0) {
      if (record.value("format", 0) != 1)
        throw base::Error(
            base::Code::storage,
            fmt::format(
                "{} has format {}, this omsctl knows format 1", path.string(), record.dump()));
      continue;
    }
    records.push_back(std::move(record));
  }
  return records;
}

Summary summarise(const std::vector<json>& records) {
  Summary summary;
  summary.state = "running?";
  for (const json& record : records) {
    const std::string what = record.value("event", "");
    if (what == event::run_started) {
      summary.run = record.value("run", "");
      summary.command = record.value("command", "");
      summary.deployment = record.value("deployment", "");
      summary.started = record.value("at", "");
    } else if (what == event::run_resumed) {
      summary.state = "running?";
      summary.ended.clear();
    } else if (what == event::step_started || what == event::step_failed) {
      summary.step = record.value("step", "");
      summary.reason = record.value("reason", "");
    } else if (what == event::run_ended) {
      summary.ended = record.value("at", "");
      summary.state = record.value("state", "");
      summary.reason = record.value("reason", summary.reason);
      summary.outage = record.value("outage_seconds", 0.0);
      summary.init = record.value("init_seconds", 0.0);
    }
  }
  return summary;
}

}  // namespace omsctl::run
