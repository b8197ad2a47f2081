/// What a command says: to a person on stderr and stdout, or to a program as JSON lines on stdout.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "omsctl/base/error.hpp"
#include "omsctl/checks/findings.hpp"
#include "omsctl/oms/settings.hpp"
#include "omsctl/plan/plan.hpp"
#include "omsctl/run/executor.hpp"
#include "omsctl/run/journal.hpp"
#include "omsctl/run/listener.hpp"

namespace omsctl::cli {

/// A unified diff of one host's config.yaml, passwords redacted.
struct ConfigDiff {
  std::string host;
  std::string text;
};

/// The end of a run, as it is told.
struct RunReport {
  std::string run;
  std::string directory;
  std::string second_copy;  ///< "h1:/var/lib/omsctl/copies/RUN"; empty when there is none
  run::Outcome outcome;
  std::size_t nodes = 0;
  std::string cm_url;
  bool back = false;  ///< of a rollback
};

class Output : public run::Listener {
 public:
  /// Progress for people; nothing a program must parse.
  virtual void say(const std::string& text) = 0;
  /// The command's own answer, one line or more.
  virtual void answer(const std::string& text) = 0;
  virtual void problems(const std::string& file, const std::vector<oms::Problem>& problems) = 0;
  virtual void findings(const checks::Findings& findings) = 0;
  /// `details`: every exact command too (a dry run).
  virtual void plan(const plan::Plan& plan, const std::vector<ConfigDiff>& diffs, bool details) = 0;
  virtual void report(const RunReport& report) = 0;
  virtual void run_summary(const run::Summary& summary, bool locked) = 0;
  virtual void error(const base::Error& error) = 0;
  /// The last word: how the command ended.
  virtual void result(int exit_code, const std::string& text) = 0;
};

[[nodiscard]] std::unique_ptr<Output> make_human_output(bool color);
[[nodiscard]] std::unique_ptr<Output> make_json_output();

}  // namespace omsctl::cli
