#include "omsctl/cli/output/dump_progress.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "omsctl/base/clock.hpp"
#include "omsctl/base/error.hpp"
#include "omsctl/base/text.hpp"

namespace omsctl::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto between_lines = 2s;

}  // namespace

struct DumpProgress::State {
  Output& output;
  std::stop_token stop;
  std::map<std::string, metadb::TableSize> sizes{};
  std::uint64_t total = 0;
  std::uint64_t done = 0;  ///< of tables that are through
  std::string current{};
  base::TimePoint began = std::chrono::steady_clock::now();
  base::TimePoint told = began;

  [[nodiscard]] std::uint64_t size_of(const std::string& table) const {
    const auto found = sizes.find(table);
    return found == sizes.end() ? 0 : found->second.bytes;
  }

  /// Of the current table, by its rows.
  [[nodiscard]] std::uint64_t part_of_current(std::uint64_t rows) const {
    const auto found = sizes.find(current);
    if (found == sizes.end() || found->second.rows == 0)
      return 0;
    const double part =
        std::min(1.0, static_cast<double>(rows) / static_cast<double>(found->second.rows));
    return static_cast<std::uint64_t>(part * static_cast<double>(found->second.bytes));
  }

  [[nodiscard]] std::string left(std::uint64_t through, base::TimePoint now) const {
    if (through == 0 || total == 0)
      return "";
    const std::uint64_t to_do = total - std::min(total, through);
    const double rate = static_cast<double>(to_do) / static_cast<double>(through);
    const std::chrono::duration<double> elapsed = now - began;
    return fmt::format(
        "; about {}% of {}, about {} left",
        100 * std::min(total, through) / total,
        base::human_size(total),
        base::human_duration(std::chrono::duration_cast<base::Milliseconds>(elapsed * rate)));
  }

  void tell(std::string_view what, std::uint64_t rows, std::uint64_t bytes) {
    if (stop.stop_requested())
      throw base::Error(base::Code::interrupted, "interrupted", "run the same command again");
    if (what != current)
      done += size_of(std::exchange(current, std::string(what)));
    const base::TimePoint now = std::chrono::steady_clock::now();
    if (now - told < between_lines)
      return;
    told = now;
    output.say(fmt::format("{}: {} rows, {}{}",
                           what,
                           rows,
                           base::human_size(bytes),
                           left(done + part_of_current(rows), now)));
  }
};

DumpProgress::DumpProgress(Output& output,
                           std::stop_token stop,
                           const std::vector<metadb::TableSize>& sizes)
    : state_(new State{.output = output, .stop = std::move(stop)}) {
  for (const metadb::TableSize& size : sizes) {
    state_->sizes.emplace(size.name, size);
    state_->total += size.bytes;
  }
}

DumpProgress::~DumpProgress() = default;

std::string DumpProgress::expected() const {
  return fmt::format("about {} in {}",
                     base::human_size(state_->total),
                     base::count_of(state_->sizes.size(), "table"));
}

metadb::Progress DumpProgress::callback() const {
  return [state = state_.get()](std::string_view what, std::uint64_t rows, std::uint64_t bytes) {
    state->tell(what, rows, bytes);
  };
}

}  // namespace omsctl::cli
