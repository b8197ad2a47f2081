#include "omsctl/run/store/saved_run.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "omsctl/base/error.hpp"
#include "omsctl/base/files.hpp"
#include "omsctl/metadb/database.hpp"
#include "omsctl/run/store/evidence.hpp"

namespace omsctl::run {
namespace {

using base::Code;
using base::Error;

/// A claim of another machine ends within this, when nobody renews it.
constexpr base::Milliseconds until_expired{65'000};

config::Settings settings_in(const std::string& text, const std::string& run) {
  const config::LoadedSettings loaded = config::load_settings(text, config::Origin::target);
  if (!loaded.settings)
    throw Error(Code::storage, fmt::format("the target config.yaml of run {} cannot be read", run));
  return *loaded.settings;
}

/// The state directory in which a run lies.
std::filesystem::path state_of(const RunDirectory& directory) {
  return directory.path().parent_path().parent_path();
}

}  // namespace

SavedRun saved_run(RunDirectory directory, const Evidence& evidence) {
  if (evidence.back.empty())
    forget_rollback(directory.path());
  try {
    RunFile file = decode_run_file(base::read_file(directory.path() / "run.json"));
    const std::string target = directory.read_artifact("target.yaml");
    return {
        std::move(directory), evidence, std::move(file), target, settings_in(target, evidence.run)};
  } catch (const Error& error) {
    if (error.code() != Code::storage)
      throw;
    Evidence damaged = evidence;
    damaged.damage = error.what();
    throw refusal(standing_of(damaged));
  }
}

void forget_rollback(const std::filesystem::path& directory) {
  std::error_code ignored;
  // The journal names the other file: first it goes.
  std::filesystem::remove(rollback_journal(directory), ignored);
  std::filesystem::remove(directory / "rollback.json", ignored);
}

std::string this_machine() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown";
}

Evidence evidence_of(const metadb::LeaseRecord& lease, const std::filesystem::path& state) {
  Evidence evidence{.run = lease.run};
  try {
    evidence = read_evidence(RunDirectory::open(state, lease.run));
  } catch (const Error&) {
    // That run's state lies elsewhere, or it is no run.
  }
  evidence.held = HeldBy{lease, this_machine()};
  // The journal is there before the lease is taken, and each write names its step in the lease.
  if (!evidence.directory.empty() && evidence.forward.empty() && !evidence.fetched &&
      evidence.made_by.empty() && evidence.damage.empty() && lease.changed &&
      !lease.last_step.empty())
    evidence.damage = fmt::format(
        "journal.jsonl has no step of it, and its claim says that {} was begun", lease.last_step);
  return evidence;
}

bool is_void(const metadb::LeaseRecord& lease, const std::filesystem::path& state) {
  if (lease.expired && !lease.changed)
    return true;
  const Standing standing = standing_of(evidence_of(lease, state));
  return !standing.is_running() && (!lease.changed || standing.is_over());
}

std::unique_ptr<metadb::Lease> take_over(const SavedRun& saved,
                                         const metadb::Claim& claim,
                                         const metadb::Endpoint& endpoint,
                                         base::Milliseconds wait,
                                         const std::function<void(const std::string&)>& say,
                                         const std::stop_token& stop) {
  Evidence evidence = saved.evidence;
  {
    metadb::Database database = metadb::Database::connect(endpoint);
    evidence.held = HeldBy{metadb::read_lease(database, saved.target.rm_db), this_machine()};
  }
  const Standing standing = standing_of(evidence);
  if (standing.where == Where::claim_lost)
    throw refusal(standing);
  const bool elsewhere = standing.where == Where::running_elsewhere;
  if (elsewhere) {
    say(fmt::format(
        "waiting until the claim of {} expires, which takes a minute when that process is gone",
        evidence.held->lease->host));
    wait = std::max(wait, until_expired);
  }
  const auto state = state_of(saved.directory);
  try {
    return metadb::Lease::take(
        endpoint,
        saved.target.rm_db,
        claim,
        wait,
        [&](const metadb::LeaseRecord& record) {
          return record.run == evidence.run ? !elsewhere : is_void(record, state);
        },
        stop);
  } catch (Error& error) {
    error.add_context("the lease of this deployment could not be taken: nothing was changed");
    throw;
  }
}

}  // namespace omsctl::run
