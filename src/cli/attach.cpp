#include "attach.hpp"

#include <filesystem>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "omsctl/base/clock.hpp"
#include "omsctl/base/error.hpp"
#include "omsctl/run/interrupt.hpp"
#include "omsctl/run/store/directory.hpp"
#include "omsctl/run/store/evidence.hpp"
#include "omsctl/run/store/journal.hpp"

namespace omsctl::cli {
namespace {

using nlohmann::json;

constexpr base::Milliseconds look_interval{200};

const plan::Step* find(const plan::Plan& plan, const std::string& id) {
  for (const auto* stages : {&plan.stages, &plan.back})
    for (const plan::Step* step : plan::steps_of(*stages))
      if (step->id == id)
        return step;
  return nullptr;
}

/// Tells a record as the run itself has told it.
void tell(const json& record, const plan::Plan& plan, Output& output) {
  const std::string what = record.value("event", "");
  const plan::Step* step = find(plan, record.value("step", ""));
  if (step == nullptr)
    return;
  const auto took = static_cast<std::int64_t>(record.value("seconds", 0.0) * 1000);
  if (what == run::event::step_started)
    output.step_started(*step);
  else if (what == run::event::step_done)
    output.step_done(*step, base::Milliseconds{took}, record.value("held", false));
  else if (what == run::event::step_failed)
    output.step_failed(*step, record.value("reason", ""));
}

/// A journal of the run, told as it grows.
class Watched {
 public:
  explicit Watched(std::filesystem::path file) : file_(std::move(file)) {}

  void tell_what_came(const plan::Plan& plan, Output& output) {
    std::error_code ignored;
    const std::vector<json> records =
        std::filesystem::exists(file_, ignored) ? run::read_journal(file_) : std::vector<json>{};
    if (records.size() < told_)  // it was set aside, and another begun
      told_ = 0;
    for (; told_ < records.size(); ++told_)
      tell(records[told_], plan, output);
  }

 private:
  std::filesystem::path file_;
  std::size_t told_ = 0;
};

}  // namespace

int attach(const Options& options, Output& output) {
  const run::Interrupts interrupts;
  const auto directory = run::RunDirectory::open(state_directory(options), options.run);
  run::Evidence evidence = run::read_evidence(directory);
  if (!evidence.plan)
    throw run::refusal(run::standing_of(evidence));
  base::SystemClock clock;
  Watched forward(directory.path() / "journal.jsonl");
  Watched back(run::rollback_journal(directory.path()));
  for (bool alive = true; alive;) {
    alive = directory.is_locked();  // before the records: what its process wrote last is among them
    forward.tell_what_came(*evidence.plan, output);
    back.tell_what_came(*evidence.plan, output);
    if (alive && !clock.pause(look_interval, interrupts.token())) {
      const int code = base::exit_code(base::Code::interrupted);
      output.result(code, "no longer watching; the run goes on by itself");
      return code;
    }
  }
  evidence = run::read_evidence(directory);
  const run::Standing standing = run::standing_of(evidence);
  output.run_summary(standing, evidence.forward);
  const bool well = standing.where == run::Where::done || standing.where == run::Where::rolled_back;
  const int code = well ? 0 : base::exit_code(base::Code::stopped);
  output.result(code, well ? "" : fmt::format("{}; {}", standing.says(), standing.next));
  return code;
}

}  // namespace omsctl::cli
