#include "omsctl/plan/describe.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "omsctl/base/text.hpp"
#include "omsctl/metadb/quote.hpp"
#include "omsctl/plan/calls.hpp"

#include "words.hpp"

namespace omsctl::plan {
namespace {

using base::printable;

std::string outage_mark(Outage outage) {
  switch (outage) {
    case Outage::no:
      return "";
    case Outage::begins:
      return "OUTAGE BEGINS";
    case Outage::inside:
      return "outage";
    case Outage::ends:
      return "OUTAGE ENDS";
  }
  return "";
}

std::vector<std::string> commands_of(const Probe& probe) {
  std::vector<std::string> lines;
  std::visit(
      Overloaded{[&](const HostHolds& value) { on_host(lines, value.host, value.calls); },
                 [&](const ConfigEquals& value) {
                   on_host(lines, value.host, {value.call});
                   lines.push_back("  = artifacts/" + value.artifact + ", as parsed values");
                 },
                 [&](const ConfigKnown& value) {
                   on_host(lines, value.host, {read_config(value)});
                   lines.push_back("  = one of artifacts/: " + base::join(value.artifacts, ", "));
                 },
                 [&](const SqlEquals& value) { in_metadb(lines, value.sql); },
                 [&](const SqlAdvances& value) { in_metadb(lines, value.sql); },
                 [&](const SqlAsRecorded& value) {
                   in_metadb(lines, value.sql);
                   lines.push_back("  = artifacts/" + value.artifact);
                 },
                 [&](const RowsStable& value) {
                   for (const auto& set : value.sets)
                     in_metadb(lines,
                               fmt::format("SELECT * FROM {} WHERE {}", table_of(set), set.where));
                 }},
      probe);
  return lines;
}

std::string says_of(const Probe& probe) {
  return std::visit([](const auto& value) { return value.says; }, probe);
}

std::string details_of(const Plan& plan, const Step& step) {
  std::string text =
      fmt::format("--- {}  {}: {}\n", step.id, printable(step.where), printable(step.title));
  text += fmt::format("    because: {}\n", step.source);
  for (const auto& [label, ids] :
       {std::pair("takes back", &step.takes_back), std::pair("needed by", &step.needed_by)})
    if (!ids->empty())
      text += fmt::format("    {}: {}\n", label, base::join(*ids, ", "));
  for (const Action& action : step.apply) {
    text += fmt::format("    * {}\n", printable(headline(action)));
    for (const std::string& line : commands(action))
      text += fmt::format("        {}\n", line);
  }
  for (const Step* back : undone_by(plan, step.id))
    text += fmt::format(
        "    undone by {}  {}: {}\n", back->id, printable(back->where), printable(back->title));
  if (!step.not_undone.empty())
    text += fmt::format("    not undone: {}\n", printable(step.not_undone));
  return text;
}

std::string details_of(const Plan& plan, const std::vector<Stage>& stages) {
  std::string text;
  for (const Stage& stage : stages) {
    const std::string mark = outage_mark(stage.outage);
    text += fmt::format("=== {}{}\n", stage.title, mark.empty() ? "" : "   [" + mark + "]");
    for (const Lane& lane : stage.lanes)
      for (const Step& step : lane.steps)
        text += details_of(plan, step);
  }
  return text;
}

/// What the table says below a step.
std::vector<std::string> undo_lines(const Plan& plan, const Step& step) {
  std::vector<std::string> titles;
  for (const Step* back : undone_by(plan, step.id))
    titles.push_back(back->title);
  std::vector<std::string> lines;
  if (!titles.empty())
    lines.push_back("undone by: " + base::join(titles, "; "));
  if (!step.not_undone.empty())
    lines.push_back("not undone: " + step.not_undone);
  return lines;
}

}  // namespace

std::string headline(const Action& action) {
  return std::visit(
      Overloaded{
          [](const Command& value) { return value.says; },
          [](const Capture& value) { return value.says; },
          [](const PutFile& value) { return fmt::format("write {} ({})", value.path, value.mode); },
          [](const SendFile& value) {
            return fmt::format("copy {} to {}", value.source, value.path);
          },
          [](const ShipImage& value) { return fmt::format("bring image {}", value.image); },
          [](const RecordSql& value) { return value.says; },
          [](const DumpDatabases& value) { return "dump " + base::join(value.databases, ", "); },
          [](const SnapshotRows& value) { return fmt::format("save rows to {}", value.directory); },
          [](const RehearseDelete&) { return std::string("delete, and roll back"); },
          [](const DeleteRows& value) {
            return fmt::format("delete the rows saved in {}", value.directory);
          },
          [](const RestoreRows& value) {
            return fmt::format("put the rows of {} back{}",
                               value.directory,
                               value.rehearse ? ", and roll back" : "");
          },
          [](const RestoreConfig& value) {
            return fmt::format("put {} back in place", value.artifact);
          },
          [](const DropHeartbeats& value) {
            return fmt::format("drop the heartbeat database {}", value.database);
          },
          [](const TellLeftovers& value) { return "count the " + value.says; },
          [](const ReserveRoom&) {
            return std::string("reserve room for what the run will write");
          },
          [](const CopyRun& value) {
            return fmt::format(
                "copy {} of the run to {}", base::join(value.parts, ", "), value.path);
          },
          [](const TellChangedIds&) { return std::string("tell which ids have changed"); },
          [](const StartPrograms&) { return std::string("start the programs that were RUNNING"); },
          [](const AwaitJob&) { return std::string("follow docker_init.sh to its end"); },
          [](const Await& value) { return "wait until: " + says_of(value.probe); },
      },
      action);
}

std::vector<std::string> commands(const Action& action) {
  std::vector<std::string> lines;
  std::visit(
      Overloaded{
          [&](const Command& value) { on_host(lines, value.host, value.calls); },
          [&](const Capture& value) {
            on_host(lines, value.host, {value.call}, "> artifacts/" + value.artifact);
          },
          [&](const PutFile& value) {
            on_host(lines, value.host, {put_file(value)}, "< artifacts/" + value.artifact);
          },
          [&](const SendFile& value) {
            on_host(lines, value.host, {receive_file(value)}, "< " + value.source);
          },
          [&](const ShipImage& value) { lines = image_lines(value); },
          [&](const RecordSql& value) {
            in_metadb(lines, value.sql);
            lines.push_back("  > artifacts/" + value.artifact);
          },
          [&](const DumpDatabases& value) { lines = dump_statements(value); },
          [&](const SnapshotRows& value) { lines = snapshot_statements(value); },
          [&](const RehearseDelete& value) { lines = rehearsal_statements(value); },
          [&](const DeleteRows& value) { lines = delete_statements(value); },
          [&](const RestoreRows& value) { lines = restore_statements(value); },
          [&](const RestoreConfig& value) { lines = config_lines(value); },
          [&](const DropHeartbeats& value) {
            in_metadb(lines,
                      fmt::format("DROP DATABASE {}  -- when none but {} has heartbeats there",
                                  metadb::quote_name(value.database),
                                  base::join(value.nodes, ", ")));
          },
          [&](const TellLeftovers& value) { in_metadb(lines, value.sql); },
          [&](const ReserveRoom& value) { lines = room_lines(value); },
          [&](const CopyRun& value) { lines = copy_lines(value); },
          [&](const TellChangedIds& value) { lines = id_questions(value); },
          [&](const StartPrograms& value) { on_host(lines, value.host, calls_of(Action(value))); },
          [&](const AwaitJob& value) { on_host(lines, value.host, calls_of(Action(value))); },
          [&](const Await& value) { lines = commands_of(value.probe); },
      },
      action);
  return lines;
}

std::string table(const Plan& plan) {
  std::size_t width = 5;
  for (const Stage& stage : plan.stages)
    for (const Lane& lane : stage.lanes)
      for (const Step& step : lane.steps)
        width = std::max(width, base::display_width(step.where));
  std::string text;
  int number = 0;
  for (const Stage& stage : plan.stages) {
    const std::string mark = outage_mark(stage.outage);
    text += fmt::format(
        "{:>2}. {}{}\n", ++number, stage.title, mark.empty() ? "" : "   [" + mark + "]");
    for (const Lane& lane : stage.lanes)
      for (const Step& step : lane.steps) {
        text +=
            fmt::format("      {:<{}}  {}\n", printable(step.where), width, printable(step.title));
        for (const std::string& line : undo_lines(plan, step))
          text += fmt::format("      {:<{}}    {}\n", "", width, printable(line));
      }
  }
  return text;
}

std::string details(const Plan& plan) {
  std::string text = details_of(plan, plan.stages);
  if (!plan.back.empty())
    text += "\nThe way back: what runs of it takes back, or is needed by, a step that was begun\n" +
            details_of(plan, plan.back);
  return text;
}

std::string functions(const Plan& plan) {
  std::set<std::string> names;
  const auto add = [&](const remote::Calls& calls) {
    for (const remote::Call& call : calls)
      names.insert(call.script);
  };
  for (const auto* stages : {&plan.stages, &plan.back})
    for (const Step* step : steps_of(*stages)) {
      for (const Action& action : step->apply)
        add(calls_of(action));
      for (const Probe& probe : step->ensures)
        add(calls_of(probe));
    }
  return remote::functions_text(names);
}

std::vector<std::string> by_hand(const Plan& plan, const std::set<std::string>& done) {
  std::vector<std::string> lines;
  for (const Step* step : steps_of(plan.stages)) {
    if (done.contains(step->id) || only_asks(*step))
      continue;
    lines.push_back(fmt::format("# {}: {}", step->where, step->title));
    for (const Action& action : step->apply)
      for (std::string& command : commands(action))
        lines.push_back(std::move(command));
  }
  return lines;
}

}  // namespace omsctl::plan
