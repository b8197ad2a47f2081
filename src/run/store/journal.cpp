#include "omsctl/run/store/journal.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>

#include <fmt/format.h>

#include "omsctl/base/clock.hpp"
#include "omsctl/base/error.hpp"
#include "omsctl/base/json.hpp"
#include "omsctl/base/text.hpp"

namespace omsctl::run {
namespace {

using nlohmann::json;

constexpr off_t room = 1 << 20;  // bytes; a run of 80 hosts writes some 200 kB

bool is_duration(const json& value) {
  constexpr double longest = 1e12;  // seconds; milliseconds of it are counted too
  return value.is_number() && std::abs(value.get<double>()) <= longest;
}

/// Digests by names, none of which leads out of the run's directory.
bool are_digests(const json& value) {
  bool are = value.is_object();
  for (auto item = value.begin(); are && item != value.end(); ++item) {
    const std::filesystem::path path = item.key();
    const bool leads_out =
        path.is_absolute() || std::find(path.begin(), path.end(), "..") != path.end();
    are = item.value().is_string() && !leads_out;
  }
  return are;
}

/// The key whose value is of another type than append() is given; null when there is none.
const char* wrong_key(const json& record) {
  const auto is_wrong = [&](const char* key, auto is_right) {
    const auto value = record.find(key);
    return value != record.end() && !is_right(*value);
  };
  for (const char* key :
       {"event", "at", "run", "command", "deployment", "step", "where", "reason", "state"})
    if (is_wrong(key, [](const json& value) { return value.is_string(); }))
      return key;
  for (const char* key : {"seconds", "outage_seconds", "init_seconds"})
    if (is_wrong(key, is_duration))
      return key;
  for (const char* key : {"by_itself", "complete", "may_live", "held"})
    if (is_wrong(key, [](const json& value) { return value.is_boolean(); }))
      return key;
  if (is_wrong("files", are_digests))
    return "files";
  return nullptr;
}

[[noreturn]] void refuse(const std::string& name, std::size_t line, std::string_view why) {
  throw base::Error(base::Code::storage, fmt::format("{}:{}: {}", name, line + 1, why));
}

}  // namespace

Journal::Journal(const std::filesystem::path& path) : path_(path.string()) {
  fd_ = base::Fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (!fd_)
    throw base::Error(base::Code::storage, fmt::format("cannot open the journal {}", path_));
  // Cut before room is taken: what lies beyond the end goes with it.
  const std::size_t whole = whole_lines(base::read_file(path)).size();
  if (::ftruncate(fd_.get(), static_cast<off_t>(whole)) != 0)
    throw base::Error(base::Code::storage, fmt::format("cannot mend the journal {}", path_));
  // A run that is under way must not end because others have filled the disk meanwhile.
  if (::fallocate(fd_.get(), FALLOC_FL_KEEP_SIZE, static_cast<off_t>(whole), room) != 0 &&
      errno == ENOSPC)
    throw base::Error(
        base::Code::storage,
        fmt::format("no space left for the journal {}", path_),
        whole == 0 ? "make room there, or choose another place with --state-dir DIR"
                   : "make room there, then give the same command again; nothing was changed "
                     "by this one");
  if (whole == 0)
    base::write_all(fd_.get(), fmt::format("{{\"format\":{}}}\n", journal_format), path_);
  size_ = ::lseek(fd_.get(), 0, SEEK_END);
  base::sync_file(fd_.get(), path_);
  base::sync_directory(path.parent_path());
}

void Journal::append(json record) {
  record.emplace("at", base::utc_now());
  const std::string line = record.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
  const std::lock_guard lock(mutex_);
  try {
    base::write_all(fd_.get(), line, path_);
  } catch (const base::Error&) {
    // Half a record would spoil the next one.
    static_cast<void>(::ftruncate(fd_.get(), size_) == 0);
    throw;
  }
  size_ += static_cast<std::int64_t>(line.size());
  if (::fdatasync(fd_.get()) != 0)
    throw base::Error(base::Code::storage, fmt::format("cannot flush the journal {}", path_));
}

std::string_view whole_lines(std::string_view content) {
  return content.substr(0, content.rfind('\n') + 1);  // npos + 1 is 0: no line is whole
}

std::vector<json> records_in(std::string_view content, const std::string& name) {
  const std::vector<std::string> lines = base::lines_of(whole_lines(content));
  std::vector<json> records;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    auto record = base::try_json(lines[i]);
    if (!record || !record->is_object())
      refuse(name, i, "this is no journal record");
    if (i > 0) {
      if (const char* key = wrong_key(*record); key != nullptr)
        refuse(name, i, fmt::format("the \"{}\" of this record is none", key));
      records.push_back(*std::move(record));
    } else if (const auto format = record->find("format");
               format == record->end() || *format != journal_format) {
      refuse(name,
             i,
             fmt::format(
                 "its format is {}, this omsctl knows format {}", record->dump(), journal_format));
    }
  }
  return records;
}

std::vector<json> read_journal(const std::filesystem::path& path) {
  return records_in(base::read_file(path), path.string());
}

}  // namespace omsctl::run
