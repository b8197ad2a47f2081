#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "omsctl/base/lists.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/checks/rules.hpp"
#include "omsctl/oms/scope.hpp"

namespace omsctl::checks {
namespace {

using facts::Facts;
using facts::MetadbFacts;
using facts::TableFacts;

void check_tables(const Facts& facts, Findings& findings) {
  const MetadbFacts& metadb = facts.metadb;
  for (const TableFacts& table : metadb.tables) {
    const std::string name = table.database + "." + table.table;
    if (!table.exists) {
      findings.push_back({"metadb.table-missing",
                          Severity::error,
                          "MetaDB",
                          fmt::format("there is no table {} (or this user may not see it)", name),
                          "check drc_rm_db and drc_cm_db, and the user's privileges",
                          false});
      continue;
    }
    for (const std::string& column : table.missing_columns)
      findings.push_back({"metadb.column-missing",
                          Severity::error,
                          "MetaDB",
                          fmt::format("{} has no column {}; its columns: {}",
                                      name,
                                      column,
                                      base::join(table.columns, ", ")),
                          "this is another layout than any that omsctl knows: it does not touch it",
                          false});
    for (const std::string& privilege : table.missing_privileges)
      findings.push_back(
          {"metadb.privilege",
           Severity::error,
           "MetaDB",
           fmt::format("{}: {}", name, privilege),
           "grant oms_meta_user SELECT, INSERT, UPDATE, DELETE, CREATE on the OMS databases",
           false});
    // A new region's run deletes no row.
    const bool deletes = facts.choices.goal == facts::Goal::more_nodes;
    if (deletes && table.engine != "InnoDB" && table.engine != "OceanBase" &&
        table.engine != "oceanbase")
      findings.push_back(
          {"metadb.engine",
           Severity::error,
           "MetaDB",
           fmt::format(
               "{} has engine {}: its rows cannot be deleted in a transaction", name, table.engine),
           fmt::format("ALTER TABLE {} ENGINE=InnoDB, after a backup", name),
           facts.keeps_cm_url()});
  }
}

/// What acts on the rows besides OMS and omsctl.
void check_stored_code(const MetadbFacts& metadb, Findings& findings) {
  const auto warn = [&](const char* id, std::string evidence, std::string fix) {
    findings.push_back({id, Severity::warning, "MetaDB", std::move(evidence), std::move(fix)});
  };
  std::vector<std::string> triggers = metadb.dependents.triggers;
  for (const TableFacts& table : metadb.tables)
    for (const std::string& trigger : table.triggers)
      triggers.push_back(fmt::format("{}.{}: {}", table.database, table.table, trigger));
  if (!triggers.empty())
    warn(
        "metadb.trigger",
        "triggers that fire when OMS or omsctl write rows: " + base::join(triggers, ", "),
        "see what they do (SHOW CREATE TRIGGER): it happens when rows are deleted, filled in again "
        "or put back; what they change in the rows themselves is set right when rows are put back");
  if (!metadb.events.empty())
    warn("metadb.event",
         "events that name these tables: " + base::join(metadb.events, ", "),
         "see what they do (SHOW CREATE EVENT): one that writes meanwhile stops the run, which is "
         "then taken back");
  if (!metadb.blind_spots.empty())
    warn("metadb.unseen-code",
         "this user lacks the privilege " + base::join(metadb.blind_spots, ", ") +
             ": whether there are triggers or events cannot be told, and none is in the copies",
         "grant it, or ask an administrator of the MetaDB (SHOW TRIGGERS, SHOW EVENTS)");
}

void check_row_of_region(const Facts& facts, Findings& findings) {
  const std::string code = std::to_string(facts.target.cm_location);
  const auto& regions = facts.metadb.view.regions;
  const auto ours =
      std::count_if(regions.begin(), regions.end(), [&](const oms::RegionRow& region) {
        return region.code == code;
      });
  if (ours == 1)
    return;
  std::vector<std::string> codes;
  codes.reserve(regions.size());
  for (const oms::RegionRow& region : regions)
    codes.push_back(fmt::format("{} ({})", region.code, region.region));
  findings.push_back({"metadb.region-missing",
                      Severity::error,
                      "MetaDB",
                      ours == 0 ? fmt::format("cluster_info has no row with code {}; it has: {}",
                                              code,
                                              codes.empty() ? "none" : base::join(codes, ", "))
                                : fmt::format("cluster_info has {} rows with code {}", ours, code),
                      "cm_location must be the region's own; finish docker_init.sh on the initial "
                      "node if it never ran",
                      false});
}

/// What the proofs will demand must hold now (design §9, "calibrated").
void check_status(const Facts& facts, Findings& findings) {
  for (const oms::HostRow& host : facts.metadb.view.hosts) {
    if (!base::contains(facts.existing(), host.ip))
      continue;
    std::string status = host.status;
    std::transform(status.begin(), status.end(), status.begin(), [](unsigned char c) {
      return static_cast<char>(std::toupper(c));
    });
    if (status != "ONLINE")
      findings.push_back(
          {"node.not-online",
           Severity::error,
           host.ip,
           fmt::format("the table host says \"{}\" of it, not ONLINE", host.status),
           fmt::format("look in the console (OPS & Monitoring > Server) what is wrong with it; "
                       "when \"{}\" is this version's word for ONLINE: --skip-check "
                       "node.not-online, and the proofs demand that word",
                       facts.online_status())});
  }
}

void check_scope(const Facts& facts, Findings& findings) {
  // Where cm_url stays no row is deleted, so that nothing has to be decided about any.
  const oms::Scope scope = facts.region_scope();
  if (!facts.keeps_cm_url())
    for (const oms::Obstacle& obstacle : scope.obstacles)
      findings.push_back(
          {"metadb.scope", Severity::error, "MetaDB", obstacle.what, obstacle.fix, false});
  if (scope.outside.empty())
    return;
  const bool kept = facts.keeps_cm_url() || facts.choices.outside_rows == oms::OutsideRows::keep;
  const bool decided = kept || facts.choices.outside_rows == oms::OutsideRows::clear;
  findings.push_back({"metadb.rows-outside-region",
                      decided ? Severity::note : Severity::error,
                      "MetaDB",
                      "rows that belong to no region: " + base::join(scope.outside, "; "),
                      kept ? "they are kept"
                      : decided
                          ? "they are backed up and cleared with the region's"
                          : "--outside-rows keep leaves them, --outside-rows clear treats them "
                            "like the region's"});
}

void check_dependents(const MetadbFacts& metadb, Findings& findings) {
  for (const metadb::Dependent& dependent : metadb.dependents.found) {
    const std::string refer =
        fmt::format("{} of {} referring to {} ({} ON DELETE {}; one is {})",
                    base::count_of(dependent.rows, "row"),
                    dependent.table,
                    dependent.parent,
                    base::printable(dependent.constraint),
                    dependent.rule.empty() ? "unknown" : dependent.rule,
                    dependent.example.empty() ? "without a key" : dependent.example);
    if (!dependent.problem.empty())
      findings.push_back({"metadb.foreign-key",
                          Severity::error,
                          "MetaDB",
                          fmt::format("{}: {}", refer, dependent.problem),
                          dependent.fix,
                          false});
    else
      findings.push_back({"metadb.dependents",
                          Severity::warning,
                          "MetaDB",
                          fmt::format("{}: they are {}",
                                      refer,
                                      dependent.rule == "CASCADE" ? "deleted with the region's rows"
                                                                  : "left without the reference"),
                          "they are saved with the region's rows, and a rollback puts them back; "
                          "docker_init.sh gives hosts and groups new ids, and does not"});
  }
}

}  // namespace

void check_metadb(const Facts& facts, Findings& findings) {
  const MetadbFacts& metadb = facts.metadb;
  if (!metadb.reachable || !metadb.problem.empty()) {
    findings.push_back(
        {metadb.reachable ? "metadb.problem" : "metadb.unreachable",
         Severity::error,
         fmt::format("MetaDB {}:{}", facts.target.meta_host, facts.target.meta_port.number),
         metadb.problem,
         metadb.hint,
         false});
    return;
  }
  std::vector<std::string> shared{facts.target.rm_db, facts.target.cm_db};
  if (facts.choices.goal == facts::Goal::more_nodes)
    shared.push_back(facts.target.heartbeat_db);
  for (const std::string& name : shared)
    if (!metadb.databases.contains(name))
      findings.push_back(
          {"metadb.database-missing",
           Severity::error,
           "MetaDB",
           fmt::format("there is no database \"{}\" (or this user may not see it)", name),
           base::join(
               shared.size() == 3
                   ? std::vector<std::string>{"drc_rm_db", "drc_cm_db", "drc_cm_heartbeat_db"}
                   : std::vector<std::string>{"drc_rm_db", "drc_cm_db"},
               ", ") +
               " must be the deployment's",
           false});
  check_tables(facts, findings);
  check_stored_code(metadb, findings);
  if (!metadb.may_create)
    findings.push_back(
        {"metadb.privilege",
         Severity::error,
         "MetaDB",
         fmt::format(
             "the user may not CREATE tables in {}: the lease's table omsctl_lease is needed there",
             facts.target.rm_db),
         fmt::format("GRANT CREATE ON `{}`.* to oms_meta_user", facts.target.rm_db),
         false});
}

void check_rows(const Facts& facts, Findings& findings) {
  const MetadbFacts& metadb = facts.metadb;
  if (!metadb.reachable || !metadb.problem.empty())
    return;
  check_row_of_region(facts, findings);
  check_status(facts, findings);
  check_scope(facts, findings);
  if (facts.keeps_cm_url())
    return;
  check_dependents(metadb, findings);
  if (metadb.ha_enabled)
    findings.push_back(
        {"ha.enabled",
         Severity::error,
         "MetaDB",
         "ha.config has enable: true: OMS would move tasks while services are stopped",
         "console: System Management > System Parameters > ha.config, set enable to false; on "
         "again "
         "afterwards"});
  if (metadb.active_projects > 0)
    findings.push_back(
        {"projects.active",
         Severity::warning,
         "MetaDB",
         fmt::format(
             "{} that are not DELETED; running ones are interrupted while services are stopped",
             base::count_of(metadb.active_projects, "project")),
         "pause them in the console first, resume them afterwards"});
}

}  // namespace omsctl::checks
