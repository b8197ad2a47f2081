// Every script of a plan, made for names of random bytes and run by the shells that are here. All
// its commands are stand-ins that write down their arguments: a value arrives byte for byte, and
// nothing else runs.
#include <filesystem>
#include <random>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "omsctl/base/files.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/docker/container.hpp"
#include "omsctl/plan/calls.hpp"
#include "omsctl/remote/process.hpp"
#include "omsctl/remote/shell.hpp"
#include "omsctl/runbook/scale_out.hpp"

#include "support/sample_facts.hpp"

namespace omsctl::runbook {
namespace {

using facts::Facts;
namespace fs = std::filesystem;

/// All that the scripts of a plan call. `touch` is not among them: it stands in every value.
const std::set<std::string>& commands_of_plans() {
  static const std::set<std::string> names{
      "awk",       "bash",  "cat",  "chmod", "cp",   "curl",  "cut", "date",     "dd",    "docker",
      "fallocate", "find",  "grep", "head",  "ls",   "mkdir", "mv",  "rm",       "rmdir", "sed",
      "sha256sum", "sleep", "sort", "stat",  "sync", "tail",  "tr",  "truncate", "uniq"};
  return names;
}

constexpr std::string_view bait = "$(touch canary)`touch canary`;touch canary;'\"";

/// Bytes 1 to 255 around the bait; no blanks in the name of a program, which supervisorctl could
/// not show.
std::string hostile(std::mt19937& random, bool blanks) {
  const auto some = [&] {
    std::string bytes;
    for (std::size_t length = random() % 12; length > 0; --length) {
      const char c = static_cast<char>(1 + random() % 255);
      if (blanks || std::string_view(" \t\n\v\f\r").find(c) == std::string_view::npos)
        bytes += c;
    }
    return bytes;
  };
  std::string middle(bait);
  if (!blanks)
    std::erase(middle, ' ');
  return some() + middle + some() + "-\\" + some();
}

/// One command that a script ran: its name and arguments.
using Call = std::vector<std::string>;

/// The stand-ins, and what they wrote down.
class Recorder {
 public:
  Recorder() {
    for (const std::string& name : commands_of_plans())
      add(name);
    add("touch");
  }

  void run(const remote::Argv& shell, const std::string& script) const {
    remote::Argv argv{"/usr/bin/env",
                      "-i",
                      "PATH=" + (place_.path() / "bin").string(),
                      "RECORD=" + record().string()};
    argv.insert(argv.end(), shell.begin(), shell.end());
    argv.insert(argv.end(), {"-c", script});
    const remote::Result result =
        remote::run_process({.argv = argv, .deadline = base::Milliseconds{20'000}});
    ASSERT_EQ(result.ending, remote::Ending::exited) << script;
    ASSERT_EQ(result.err.find("not found"), std::string::npos) << result.err << script;
    ASSERT_EQ(result.err.find("yntax error"), std::string::npos) << result.err << script;
  }

  [[nodiscard]] std::vector<Call> calls() const {
    std::vector<Call> calls;
    const auto words = base::split(base::read_file(record()), '\0');
    for (std::size_t at = 0; at + 1 < words.size();) {
      const auto count = static_cast<std::ptrdiff_t>(std::stoul(words[at]) + 1);
      const auto begin = words.begin() + static_cast<std::ptrdiff_t>(at) + 1;
      calls.emplace_back(begin, begin + count);
      at += static_cast<std::size_t>(count) + 1;
    }
    return calls;
  }

 private:
  [[nodiscard]] fs::path record() const { return place_.path() / "record"; }

  /// docker runs the script that it is to run in the container, with the same stand-ins.
  void add(const std::string& name) const {
    fs::create_directories(place_.path() / "bin");
    const std::string nested =
        "while [ $# -gt 1 ]; do [ \"$1\" != -c ] || exec /bin/sh \"$@\"; shift; done\n";
    base::write_file(place_.path() / "bin" / name,
                     "#!/bin/sh\nprintf '%s\\000' $# \"${0##*/}\" \"$@\" >>\"$RECORD\"\n" +
                         (name == "docker" ? nested : ""),
                     {0700});
  }

  base::TempDir place_;
};

struct Names {
  std::string container;
  std::string place;
  std::string program;
};

Facts facts_with(const Names& names, const char* cm_url) {
  Facts facts = tests::sample_facts(cm_url);
  facts::NodeFacts& initial = facts.nodes.front();
  docker::Container& container = initial.containers.front();
  container.name = names.container;
  for (docker::Mount& mount : container.mounts)
    mount.source = names.place + mount.source;
  container.environment.push_back("ODD=" + names.program);
  facts.paths = oms::paths_of(container);
  facts.paths->https_crt = names.place + "/crt";
  facts.paths->https_key = names.place + "/key";
  facts.choices.reload_existing = true;
  initial.programs.push_back({names.program, "RUNNING"});
  for (facts::NodeFacts& node : facts.nodes)
    for (const std::string& path : {facts.paths->config, facts.paths->logs, facts.paths->store})
      node.paths[path] = {facts::PathFacts::Kind::absent, "", "", true, 500ULL << 30U, names.place};
  return facts;
}

void scripts_of(const plan::Action& action, std::vector<std::string>& scripts) {
  // What else a plan calls reads or writes files of its own.
  if (std::holds_alternative<plan::Command>(action) ||
      std::holds_alternative<plan::Capture>(action) || std::holds_alternative<plan::Await>(action))
    if (const remote::Calls calls = plan::calls_of(action); !calls.empty())
      scripts.push_back(remote::text_of(calls));
}

void scripts_of(const plan::Step& step, std::vector<std::string>& scripts) {
  for (const plan::Action& action : step.apply)
    scripts_of(action, scripts);
  for (const plan::Probe& probe : step.ensures)
    scripts_of(plan::Await{probe, 1}, scripts);
}

/// Of the initial node and one new one; the other differs in its address only.
std::vector<std::string> scripts_of(const plan::Plan& plan) {
  std::vector<std::string> scripts;
  for (const auto& stages : {plan.stages, plan.back})
    for (const plan::Step* step : plan::steps_of(stages))
      if (step->where != "192.0.2.13")
        scripts_of(*step, scripts);
  return scripts;
}

/// What is left of `text` without the names: a bait in it is a name that was changed on its way.
std::string without(std::string text, const Names& names) {
  for (const std::string& name : {names.container, names.place, names.program})
    for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name))
      text.erase(at, name.size());
  return text;
}

/// --mount gets CSV.
bool is_written_otherwise(const Call& call, std::size_t i) {
  return i > 1 && call[i - 1] == "--mount";
}

std::size_t expect_intact(const std::vector<Call>& calls, const Names& names) {
  std::size_t seen = 0;
  for (const Call& call : calls) {
    EXPECT_TRUE(commands_of_plans().contains(call.front())) << call.front();
    for (std::size_t i = 1; i < call.size(); ++i) {
      if (is_written_otherwise(call, i))
        continue;
      const std::string rest = without(call[i], names);
      EXPECT_EQ(rest.find("touch"), std::string::npos)
          << call.front() << " " << base::printable(call[i]);
      seen += rest == call[i] ? 0U : 1U;
    }
  }
  return seen;
}

/// The shells that a host's /bin/sh may be, as far as they are installed here.
std::vector<remote::Argv> shells() {
  std::vector<remote::Argv> list{{"/bin/sh"}};
  for (const char* other : {"/bin/bash", "/bin/dash", "/usr/bin/mksh"})
    if (fs::exists(other))
      list.push_back({other});
  if (fs::exists("/bin/busybox"))
    list.push_back({"/bin/busybox", "sh"});
  return list;
}

TEST(HostilePlan, HandsEveryNameOnByteForByteAndRunsNothingElse) {
  for (const remote::Argv& shell : shells()) {
    std::mt19937 random(20261122);
    for (const char* cm_url : {tests::physical_cm_url, tests::vip_cm_url}) {
      const Names names{hostile(random, true), "/" + hostile(random, true), hostile(random, false)};
      const Recorder recorder;
      const auto scripts =
          scripts_of(scale_out_node(facts_with(names, cm_url), "20261122-151100-7f3a", "0").plan);
      ASSERT_GT(scripts.size(), 25U);
      for (const std::string& script : scripts)
        recorder.run(shell, script);
      EXPECT_GT(expect_intact(recorder.calls(), names), 25U) << shell.front();
    }
  }
}

}  // namespace
}  // namespace omsctl::runbook
