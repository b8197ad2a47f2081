#include "omsctl/run/prober.hpp"

#include <fmt/format.h>

#include "omsctl/base/error.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/config/settings.hpp"
#include "omsctl/config/values.hpp"
#include "omsctl/metadb/copy/row_stream.hpp"
#include "omsctl/metadb/database.hpp"
#include "omsctl/metadb/row_set.hpp"
#include "omsctl/run/actions.hpp"

#include "recorded.hpp"
#include "restore_config.hpp"

namespace omsctl::run {
namespace {

using plan::ConfigEquals;
using plan::HostHolds;
using plan::Overloaded;
using plan::RowsStable;
using plan::SqlAdvances;
using plan::SqlEquals;

/// Bytes. Shown on every look and kept in the journal; a program may print megabytes.
constexpr std::size_t longest_evidence = 4096;
constexpr base::Seconds probe_deadline{120};  // a VIP that swallows packets: 20 requests of 4 s

remote::Result ask_host(const std::string& host,
                        const remote::Calls& calls,
                        Workbench& bench,
                        const std::stop_token& stop) {
  return bench.fleet.at(host).run({.script = remote::text_of(calls), .deadline = probe_deadline},
                                  stop);
}

std::string seen(const remote::Result& result) {
  std::string text(base::trim(result.out + result.err));
  if (text.empty())
    text = remote::describe(result);
  return text;
}

std::string show(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::string> lines;
  lines.reserve(rows.size());
  for (const auto& row : rows)
    lines.push_back(base::join(row, " | "));
  return lines.empty() ? "no row" : base::join(lines, "; ");
}

std::vector<std::vector<std::string>> fetch(const std::string& sql, Workbench& bench) {
  metadb::Database database = metadb::Database::connect(bench.endpoint);
  std::vector<std::vector<std::string>> rows;
  for (const metadb::Row& row : database.query(sql).rows) {
    rows.emplace_back();
    for (const auto& value : row)
      rows.back().push_back(value.value_or("NULL"));
  }
  return rows;
}

bool ask_config(const ConfigEquals& probe,
                Workbench& bench,
                const std::stop_token& stop,
                std::string& evidence) {
  const remote::Result result = ask_host(probe.host, {probe.call}, bench, stop);
  evidence = seen(result);
  if (!result.ok())
    return false;
  const auto differences =
      config::differences(config::values_of(bench.directory.read_artifact(probe.artifact)),
                          config::values_of(result.out));
  std::vector<std::string> keys;
  keys.reserve(differences.size());
  for (const config::Difference& difference : differences)
    keys.push_back(
        fmt::format("{}: {} instead of {}", difference.key, difference.after, difference.before));
  evidence = base::join(keys, "; ");
  return differences.empty();
}

bool ask_advances(const SqlAdvances& probe,
                  Workbench& bench,
                  std::vector<std::string>& first,
                  std::string& evidence) {
  const auto rows = fetch(probe.sql, bench);
  std::vector<std::string> values;
  for (const std::string& key : probe.keys)
    for (const auto& row : rows)
      if (row.at(0) == key)
        values.push_back(row.at(1));
  evidence = show(rows);
  if (values.size() != probe.keys.size())
    return false;
  if (first.empty()) {
    first = values;
    return false;
  }
  std::vector<std::string> standing;
  for (std::size_t i = 0; i < values.size(); ++i)
    if (values[i] <= first[i])
      standing.push_back(fmt::format("{} stands at {}", probe.keys[i], values[i]));
  evidence = base::join(standing, "; ");
  return standing.empty();
}

/// What writes once a second must be seen to write.
constexpr base::Milliseconds between_reads{1'100};

bool ask_stable(const RowsStable& probe,
                Workbench& bench,
                std::vector<std::string>& last,
                base::TimePoint& read_at,
                std::string& evidence) {
  if (!last.empty() && bench.clock.now() - read_at < between_reads)
    return false;
  metadb::Database database = metadb::Database::connect(bench.endpoint);
  std::vector<std::string> now;
  for (const metadb::RowSet& set : probe.sets) {
    const metadb::RowDigest digest = metadb::digest_rows(database, set);
    now.push_back(fmt::format("{}.{} {} {}", set.database, set.table, digest.count, digest.sha256));
  }
  const bool equal = now == last;
  if (!equal && !last.empty())
    for (std::size_t i = 0; i < now.size(); ++i)
      if (now[i] != last[i])
        evidence = fmt::format(
            "rows of {}.{} are still being written", probe.sets[i].database, probe.sets[i].table);
  last = now;
  read_at = bench.clock.now();
  return equal;
}

}  // namespace

bool Prober::holds(const std::stop_token& stop) {
  const bool held = ask(stop);
  evidence_ = base::shortened(evidence_, longest_evidence);
  return held;
}

bool Prober::ask(const std::stop_token& stop) {
  return std::visit(
      Overloaded{
          [&](const HostHolds& probe) {
            const remote::Result result = ask_host(probe.host, probe.calls, bench_, stop);
            evidence_ = seen(result);
            return result.ok();
          },
          [&](const ConfigEquals& probe) { return ask_config(probe, bench_, stop, evidence_); },
          [&](const SqlEquals& probe) {
            const auto rows = fetch(probe.sql, bench_);
            evidence_ = fmt::format("{} instead of {}", show(rows), show(probe.rows));
            return rows == probe.rows;
          },
          [&](const SqlAdvances& probe) {
            return ask_advances(probe, bench_, first_look_, evidence_);
          },
          [&](const RowsStable& probe) {
            return ask_stable(probe, bench_, first_look_, looked_at_, evidence_);
          },
          [&](const plan::ConfigKnown& probe) {
            return is_known_config(probe, bench_, stop, evidence_);
          },
          [&](const plan::SqlAsRecorded& probe) {
            return is_as_recorded(probe, bench_, evidence_);
          }},
      probe_);
}

std::string name_of(const plan::Probe& probe) {
  return std::visit(
      Overloaded{
          [](const HostHolds& value) { return fmt::format("{}: {}", value.host, value.says); },
          [](const ConfigEquals& value) { return fmt::format("{}: {}", value.host, value.says); },
          [](const plan::ConfigKnown& value) {
            return fmt::format("{}: {}", value.host, value.says);
          },
          [](const auto& value) { return fmt::format("MetaDB: {}", value.says); }},
      probe);
}

}  // namespace omsctl::run
