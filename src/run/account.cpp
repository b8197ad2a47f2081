#include "account.hpp"

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <utility>

#include <nlohmann/json.hpp>

#include "omsctl/base/lists.hpp"

namespace omsctl::run {

using base::Error;
using nlohmann::json;

namespace {

/// A host that is away for a moment, while its programs are stopped, is worth waiting for: giving
/// up leaves them stopped.
constexpr base::Seconds patience_in_outage{60};

/// The one place where a test kills a run, or has it stand still until SIGCONT: right after the
/// record of that number which this process writes ("12"), after the first of that kind
/// ("step_started clear"), or when what it tells has happened and it is not on disk yet ("before
/// step_done clear").
void test_point(const std::string& moment) {
  static const char* const kill_at = std::getenv("OMSCTL_TEST_KILL_AT_RECORD");
  static const char* const stop_at = std::getenv("OMSCTL_TEST_STOP_AT_RECORD");
  if (kill_at != nullptr && moment == kill_at)
    (void)::raise(SIGKILL);
  if (stop_at != nullptr && moment == stop_at)
    (void)::kill(::getpid(), SIGSTOP);
}

json stamped(json record) {
  record.emplace("at", base::utc_now());
  return record;
}

void append(Journal& journal, const json& record) {
  static std::atomic<int> records = 0;
  const std::string named = record.value("event", "") + " " + record.value("step", "");
  test_point("before " + named);
  journal.append(record);
  test_point(std::to_string(++records));
  test_point(named);
}

}  // namespace

void Account::record(const json& record) {
  if (by_itself_) {
    note(record);
    return;
  }
  const json now = stamped(record);
  append(*journal_, now);
  tell([&](Listener&) { outcome.history.add(now); });
}

void Account::note(const json& record) {
  const json now = stamped(record);
  try {
    if (journal_ != nullptr)
      append(*journal_, now);
  } catch (const Error& error) {
    remember(error.what());
  }
  tell([&](Listener&) { outcome.history.add(now); });
}

void Account::remember(const std::string& text) {
  tell([&](Listener&) {
    if (!base::contains(outcome.notes, text))
      outcome.notes.push_back(text);
  });
}

void Account::fail(const plan::Step& step, const std::string& reason, const Error* error) {
  note({{"event", event::step_failed},
        {"step", step.id},
        {"where", step.where},
        {"reason", reason},
        {"may_live", may_live_.contains(step.id)}});
  tell([&](Listener& listener) {
    Failure failure{step.where, step.id, reason, "", {}};
    if (error != nullptr) {
      failure.hint = error->hint();
      failure.tail = error->trace();
    }
    outcome.failures.push_back(failure);
    listener.step_failed(step, reason);
  });
}

StepContext Account::context(const plan::Step& step, std::stop_token stop) {
  StepContext made;
  made.id = step.id;
  made.progress = [this, &step](const std::string& text) {
    tell([&](Listener& listener) { listener.progress(step, text); });
  };
  made.note = [this](const std::string& text) { remember(text); };
  made.init_took = [this](double seconds) {
    tell([&](Listener&) {
      if (in_outage_)
        outcome.init += base::Milliseconds{static_cast<std::int64_t>(seconds * 1000)};
    });
  };
  made.id_changed = [this, &step](const metadb::ChangedId& changed) {
    record({{"event", event::id_changed},
            {"step", step.id},
            {"where", step.where},
            {"table", changed.table},
            {"name", changed.name},
            {"old", changed.old_ids},
            {"new", changed.new_ids}});
    tell([&](Listener& listener) { listener.id_changed(step, changed); });
  };
  made.committing = [this, &step] { tell([&](Listener&) { committing_.insert(step.id); }); };
  made.job_may_live = [this, &step] { tell([&](Listener&) { may_live_.insert(step.id); }); };
  made.undoing = by_itself_;
  made.patience = in_outage_ ? patience_in_outage : base::Seconds{0};
  made.stop = std::move(stop);
  return made;
}

void Account::outage_begins() {
  if (in_outage_)
    return;
  record({{"event", event::outage_began}});
  outage_goes_on(bench_.clock.now());
}

void Account::outage_goes_on(base::TimePoint since) {
  const std::lock_guard lock(mutex_);
  in_outage_ = true;
  outage_began_ = since;
}

void Account::outage_ends() {
  measure_outage();
  outage_was(outcome.outage);
}

void Account::outage_was(base::Milliseconds took) {
  outcome.outage = took;
  in_outage_ = false;
  note({{"event", event::outage_ended},
        {"seconds", static_cast<double>(outcome.outage.count()) / 1000},
        {"init_seconds", static_cast<double>(outcome.init.count()) / 1000}});
}

void Account::measure_outage() {
  if (in_outage_)
    outcome.outage =
        std::chrono::duration_cast<base::Milliseconds>(bench_.clock.now() - outage_began_);
}

}  // namespace omsctl::run
