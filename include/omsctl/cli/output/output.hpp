/// What a command says: to a person on stderr and stdout, or to a program as JSON lines on stdout.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "omsctl/base/error.hpp"
#include "omsctl/checks/findings.hpp"
#include "omsctl/config/redaction.hpp"
#include "omsctl/config/settings.hpp"
#include "omsctl/metadb/change/row_changes.hpp"
#include "omsctl/metadb/copy/drill.hpp"
#include "omsctl/metadb/copy/progress.hpp"
#include "omsctl/metadb/copy/snapshot.hpp"
#include "omsctl/metadb/lease/lease.hpp"
#include "omsctl/plan/plan.hpp"
#include "omsctl/run/executor.hpp"
#include "omsctl/run/listener.hpp"
#include "omsctl/run/store/standing.hpp"

namespace omsctl::cli {

/// A unified diff of one host's config.yaml, passwords redacted.
struct ConfigDiff {
  std::string host;
  std::string text;
};

/// The end of a run, as it is told.
struct RunReport {
  std::string directory;
  std::string second_copy{};  ///< "h1:/var/lib/omsctl/copies/RUN"; empty when there is none
  run::Outcome outcome;
  run::Standing standing;  ///< of the run, after this
  std::size_t nodes = 0;
  std::string cm_url{};
  bool back = false;  ///< of a rollback
};

/// A safety copy of the MetaDB, or a part of a run's.
struct CopyReport {
  std::string id;    ///< "20261122-151100-7f3a", "RUN/full"
  std::string kind;  ///< "backup", "before a restore", "of a run"
  std::string taken;
  std::string deployment;
  std::string region;
  std::vector<std::string> holds;  ///< "full dump", "rows"
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  bool complete = false;
  std::string problem;  ///< why it cannot be relied on, as far as a look without reading it tells
  std::string directory;
};

/// Who holds the deployment.
struct LockReport {
  metadb::LeaseRecord lease;
  std::string state;  ///< "run X stopped midway"
  std::string next;   ///< the command to type
};

class Output : public run::Listener {
 public:
  /// Progress for people; nothing a program must parse.
  virtual void say(const std::string& text) = 0;
  /// The command's own answer, one line or more.
  virtual void answer(const std::string& text) = 0;
  virtual void problems(const std::string& file, const std::vector<config::Problem>& problems) = 0;
  virtual void findings(const checks::Findings& findings) = 0;
  /// `details`: every exact command too (a dry run).
  virtual void plan(const plan::Plan& plan, const std::vector<ConfigDiff>& diffs, bool details) = 0;
  virtual void report(const RunReport& report) = 0;
  virtual void run_summary(const run::Standing& standing, const run::History& history) = 0;
  virtual void copy(const CopyReport& copy) = 0;
  /// One file of a copy, re-read; `part`: "full", "rows".
  virtual void copy_file(const std::string& part, const metadb::FileCheck& check) = 0;
  virtual void drilled_table(const metadb::DrilledTable& table) = 0;
  virtual void row_changes(const metadb::RowChanges& changes) = 0;
  /// Nothing: nobody holds it.
  virtual void lock(const std::optional<LockReport>& lock) = 0;
  virtual void error(const base::Error& error) = 0;
  /// The last word: how the command ended.
  virtual void result(int exit_code, const std::string& text) = 0;
};

[[nodiscard]] std::unique_ptr<Output> make_human_output(bool color);
[[nodiscard]] std::unique_ptr<Output> make_json_output();

}  // namespace omsctl::cli
