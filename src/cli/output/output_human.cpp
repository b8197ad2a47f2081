#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <map>
#include <mutex>
#include <thread>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "omsctl/base/text.hpp"
#include "omsctl/cli/output/output.hpp"
#include "omsctl/config/settings.hpp"
#include "omsctl/metadb/copy/snapshot.hpp"
#include "omsctl/plan/describe.hpp"

#include "metadb_words.hpp"
#include "outcome_words.hpp"

namespace omsctl::cli {
namespace {

using base::printable;
using namespace std::chrono_literals;

enum class Color { none, red, green, yellow, bold, dim };

/// Lines for a person. Progress goes to stderr, what was asked for to stdout. On a terminal one
/// status line at the bottom shows what is running; elsewhere a step that takes long says so now
/// and then.
class HumanOutput final : public Output {
 public:
  explicit HumanOutput(bool color)
      : terminal_(::isatty(STDERR_FILENO) == 1),
        color_(color && terminal_ && std::getenv("NO_COLOR") == nullptr),
        ticker_([this](const std::stop_token& stop) { tick(stop); }) {}

  void say(const std::string& text) override { line(printable(text)); }
  void answer(const std::string& text) override {
    const std::lock_guard lock(mutex_);
    clear_status();
    // Paths, names and the rows of a journal are in it: nothing of them may drive the terminal.
    const std::string safe = base::printable_lines(text);
    (void)std::fputs((safe.ends_with('\n') ? safe : safe + "\n").c_str(), stdout);
    (void)std::fflush(stdout);
  }
  void problems(const std::string& file, const std::vector<config::Problem>& problems) override {
    for (const config::Problem& problem : problems)
      line(config::describe(file, problem));
  }
  void findings(const checks::Findings& findings) override;
  void plan(const plan::Plan& plan, const std::vector<ConfigDiff>& diffs, bool details) override;
  void report(const RunReport& report) override;
  void run_summary(const run::Standing& standing, const run::History& history) override;
  void copy(const CopyReport& copy) override { answer(words(copy)); }
  void copy_file(const std::string& part, const metadb::FileCheck& check) override {
    answer(words(part, check));
  }
  void drilled_table(const metadb::DrilledTable& table) override { answer(words(table)); }
  void row_changes(const metadb::RowChanges& changes) override { answer(words(changes)); }
  void lock(const std::optional<LockReport>& lock) override { answer(words(lock)); }
  void error(const base::Error& error) override;
  void result(int exit_code, const std::string& text) override;

  void stage_started(const plan::Stage& stage) override;
  void step_started(const plan::Step& step) override;
  void step_done(const plan::Step& step, base::Milliseconds took, bool held) override;
  void step_failed(const plan::Step& step, const std::string& reason) override;
  void progress(const plan::Step& step, const std::string& text) override;
  void id_changed(const plan::Step& step, const metadb::ChangedId& changed) override;

 private:
  struct Running {
    std::string where;
    std::string what;
    std::string news;
    std::chrono::steady_clock::time_point since;
    std::chrono::steady_clock::time_point told;
  };

  [[nodiscard]] std::string paint(Color color, const std::string& text) const;
  void line(const std::string& text);
  void clear_status();
  void print(const std::string& text);
  [[nodiscard]] std::string failures(const RunReport& report) const;
  void tick(const std::stop_token& stop);
  void show_running();

  std::mutex mutex_;
  bool terminal_;
  bool color_;
  bool status_shown_ = false;
  std::map<std::string, Running> running_;
  std::condition_variable_any wake_;
  std::jthread ticker_;
};

std::string HumanOutput::paint(Color color, const std::string& text) const {
  if (!color_ || color == Color::none)
    return text;
  const int code = color == Color::red      ? 31
                   : color == Color::green  ? 32
                   : color == Color::yellow ? 33
                   : color == Color::bold   ? 1
                                            : 2;
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

void HumanOutput::clear_status() {
  if (status_shown_)
    (void)std::fputs("\r\x1b[K", stderr);
  status_shown_ = false;
}

/// Callers hold the lock.
void HumanOutput::print(const std::string& text) {
  clear_status();
  (void)std::fputs((text + "\n").c_str(), stderr);
}

void HumanOutput::line(const std::string& text) {
  const std::lock_guard lock(mutex_);
  print(text);
}

void HumanOutput::tick(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    wake_.wait_for(lock, stop, terminal_ ? 500ms : 1000ms, [] { return false; });
    if (!running_.empty())
      show_running();
  }
}

void HumanOutput::show_running() {
  const auto now = std::chrono::steady_clock::now();
  if (terminal_) {
    winsize size{};
    const std::size_t columns =
        ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 80;
    std::string status;
    for (const auto& [id, running] : running_)
      status += fmt::format("  {} {} {}",
                            running.where,
                            running.news.empty() ? running.what : running.news,
                            base::human_duration(std::chrono::duration_cast<base::Milliseconds>(
                                now - running.since)));
    const std::string safe = printable(status);
    const std::string shown(base::fitting(safe, columns - 1));
    (void)std::fputs(("\r\x1b[K" + paint(Color::dim, shown)).c_str(), stderr);
    status_shown_ = true;
    return;
  }
  for (auto& [id, running] : running_)
    if (now - running.told >= (running.told == running.since ? 2s : 15s)) {
      running.told = now;
      print(fmt::format("  ..    {}  {} ({} so far)",
                        running.where,
                        printable(running.news.empty() ? running.what : running.news),
                        base::human_duration(
                            std::chrono::duration_cast<base::Milliseconds>(now - running.since))));
    }
}

void HumanOutput::stage_started(const plan::Stage& stage) {
  const bool outage = stage.outage != plan::Outage::no;
  line(paint(Color::bold, stage.title) + (outage ? paint(Color::yellow, "  [outage]") : ""));
}

void HumanOutput::step_started(const plan::Step& step) {
  const std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  running_[step.id] = {printable(step.where), printable(step.title), "", now, now};
}

void HumanOutput::step_done(const plan::Step& step, base::Milliseconds took, bool held) {
  const std::lock_guard lock(mutex_);
  running_.erase(step.id);
  print(fmt::format("  {}    {}  {} ({})",
                    paint(Color::green, "ok"),
                    printable(step.where),
                    printable(step.title),
                    held ? "already done" : base::human_duration(took)));
}

void HumanOutput::step_failed(const plan::Step& step, const std::string& reason) {
  const std::lock_guard lock(mutex_);
  running_.erase(step.id);
  print(fmt::format("  {}  {}  {}: {}",
                    paint(Color::red, "FAIL"),
                    printable(step.where),
                    printable(step.title),
                    printable(reason)));
}

void HumanOutput::progress(const plan::Step& step, const std::string& text) {
  const std::lock_guard lock(mutex_);
  const auto found = running_.find(step.id);
  if (found != running_.end())
    found->second.news = text;
  // The script's own steps are worth a line each; sizes are for the status line.
  if (text.starts_with("docker_init.sh") || text.starts_with("ids:"))
    print(fmt::format("  ..    {}  {}", printable(step.where), printable(text)));
}

void HumanOutput::id_changed(const plan::Step& step, const metadb::ChangedId& changed) {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> holders;
  for (const metadb::IdHolder& holder : changed.holders)
    holders.push_back(fmt::format("{} ({})", holder.column, base::count_of(holder.rows, "row")));
  print(fmt::format("  id    {}  {} {}: {} is {} now{}{}",
                    printable(step.where),
                    changed.table,
                    printable(changed.name),
                    printable(base::join(changed.old_ids, ", ")),
                    changed.new_ids.empty() ? "gone" : printable(base::join(changed.new_ids, ", ")),
                    holders.empty() ? "" : "; the old id still stands in ",
                    printable(base::join(holders, ", "))));
}

void HumanOutput::findings(const checks::Findings& findings) {
  if (!findings.empty())
    line(checks::describe(findings));
}

void HumanOutput::plan(const plan::Plan& plan, const std::vector<ConfigDiff>& diffs, bool details) {
  std::string text = fmt::format("Plan: {} in region {} of {}\n\n{}",
                                 plan.command,
                                 plan.region,
                                 plan.deployment,
                                 plan::table(plan));
  text += "\nNotes\n";
  for (const std::string& note : plan.notes)
    text += fmt::format("  - {}\n", printable(note));
  if (details) {
    text += "\nCommands\n" + plan::details(plan) +
            "\nWhat is called on hosts: functions for a POSIX shell, as root, with LC_ALL=C\n" +
            plan::functions(plan) + "\nChanges of config.yaml (passwords redacted)\n";
    for (const ConfigDiff& diff : diffs)
      text += diff.text;
  }
  answer(text);
}

std::string HumanOutput::failures(const RunReport& report) const {
  const run::Outcome& outcome = report.outcome;
  std::string text;
  for (const run::Failure& failure : outcome.failures) {
    text += fmt::format(
        "\n{} {}: {}\n", paint(Color::red, "failed:"), failure.step, printable(failure.reason));
    for (const std::string& row : failure.tail)
      text += fmt::format("    | {}\n", printable(row));
    if (!failure.hint.empty())
      text += fmt::format("    {}\n", printable(failure.hint));
  }
  for (const std::string& problem : outcome.undo_problems)
    text += fmt::format("{} {}\n", paint(Color::red, "not taken back:"), printable(problem));
  const bool on_hosts =
      std::any_of(outcome.by_hand.begin(), outcome.by_hand.end(), [](const std::string& command) {
        return command.starts_with("on ");
      });
  if (on_hosts)
    text += fmt::format("    by hand: first load {}/artifacts/{} into a root shell of the host\n",
                        printable(report.directory),
                        plan::functions_artifact);
  for (const std::string& command : outcome.by_hand)
    text += fmt::format("    by hand: {}\n", printable(command));
  return text;
}

void HumanOutput::report(const RunReport& report) {
  const run::Outcome& outcome = report.outcome;
  std::string text;
  if (outcome.outage.count() > 0)
    text += report.standing.oms_down ? fmt::format("Outage: {} so far, and it goes on\n",
                                                   base::human_duration(outcome.outage))
            : report.back ? fmt::format("Outage: {}\n", base::human_duration(outcome.outage))
                          : fmt::format("Outage: {}, of which docker_init.sh itself took {}\n",
                                        base::human_duration(outcome.outage),
                                        base::human_duration(outcome.init));
  if (outcome.state == run::Outcome::State::done)
    text += done_of(report) + "\n";
  text += failures(report);
  for (const std::string& note : outcome.notes)
    text += fmt::format("note: {}\n", printable(note));
  if (outcome.state != run::Outcome::State::done)
    text += fmt::format("\nState: {}\n{}", state_of(report), next_of(report));
  text += fmt::format("Record: {}", printable(report.directory));
  const bool open = report.standing.opens(run::Way::resume);
  if (open && !report.second_copy.empty())
    text += fmt::format("\nSecond copy: {}", printable(report.second_copy));
  line(text);
}

void HumanOutput::run_summary(const run::Standing& standing, const run::History& history) {
  const std::string colon = history.step.empty() || history.reason.empty() ? "" : ": ";
  const bool well = standing.where == run::Where::done;
  answer(fmt::format("{}  {:<17}  {:<16}  {}  {}",
                     standing.run,
                     run::name(standing.where),
                     history.command,
                     history.deployment,
                     well ? "" : printable(history.step + colon + history.reason)));
}

void HumanOutput::error(const base::Error& error) {
  std::string text = fmt::format("{} {}", paint(Color::red, "error:"), printable(error.what()));
  for (const std::string& row : error.trace())
    text += fmt::format("\n    {}", printable(row));
  if (!error.hint().empty())
    text += fmt::format("\n    {}", printable(error.hint()));
  line(text);
}

void HumanOutput::result(int /*exit_code*/, const std::string& text) {
  if (!text.empty())
    line(printable(text));
}

}  // namespace

std::unique_ptr<Output> make_human_output(bool color) {
  return std::make_unique<HumanOutput>(color);
}

}  // namespace omsctl::cli
