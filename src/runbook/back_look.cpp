#include <fmt/format.h>

#include "omsctl/metadb/quote.hpp"
#include "omsctl/metadb/row_set.hpp"

#include "back.hpp"
#include "book.hpp"
#include "proofs.hpp"
#include "way_back.hpp"

namespace omsctl::runbook {
namespace {

using plan::Await;
using plan::Outage;
using plan::Stage;
using plan::Step;

std::string none(const std::string& column, const std::vector<std::string>& known) {
  return fmt::format("NOT COALESCE({}, FALSE)", oms::in_texts(column, known));
}

/// What came after the run would be lost with it.
Step nothing_came_since(const Deployment& deployment) {
  const facts::Facts& facts = deployment.facts;
  const oms::Databases names = facts.databases();
  std::vector<std::string> codes{code(deployment)};
  for (const oms::RegionRow& region : facts.metadb.view.regions)
    codes.push_back(region.code);
  std::vector<std::string> hosts = facts.target.cm_nodes;
  for (const oms::HostRow& host : facts.metadb.view.hosts)
    hosts.push_back(host.ip);
  hosts.insert(hosts.end(), deployment.existing.begin(), deployment.existing.end());
  Step step = guard("scope",
                    plan::at_metadb,
                    "no region and no node has come since: it would be lost",
                    writers(deployment));
  step.apply = {Await{plan::SqlEquals{"no further region has come since the run began",
                                      fmt::format("SELECT code FROM {} WHERE {} ORDER BY code",
                                                  metadb::quote_name(names.rm, "cluster_info"),
                                                  none("code", codes)),
                                      {}},
                      settled_deadline},
                Await{plan::SqlEquals{"no further node has come since the run began",
                                      fmt::format("SELECT ip FROM {} WHERE ({}) AND {} ORDER BY ip",
                                                  metadb::quote_name(names.cm, "host"),
                                                  set_of(deployment, "host").where,
                                                  none("ip", hosts)),
                                      {}},
                      settled_deadline}};
  return step;
}

struct Left {
  std::string table;
  std::string query;
};

/// The rows by what names them: nobody but a scale-out or its way back changes these columns.
std::vector<Left> what_is_left(const Deployment& deployment) {
  const auto of = [&](const std::string& table, const std::string& columns) {
    const metadb::RowSet set = set_of(deployment, table);
    return Left{table,
                fmt::format("SELECT {} FROM {} WHERE ({})",
                            columns,
                            metadb::quote_name(set.database, set.table),
                            set.where)};
  };
  return {of("cluster_info", "code, region, cm_url, is_default_cm"),
          of("resource_group", "id, name"),
          of("host", "ip, resource_group_id")};
}

std::string record_of(const Left& left) {
  return fmt::format("left.{}.json", left.table);
}

Step still_as_left(const Deployment& deployment) {
  Step step = guard("left",
                    plan::at_metadb,
                    "the rows are those that the run left: later this would be a scale-in",
                    {"left"});
  for (const Left& left : what_is_left(deployment))
    step.apply.emplace_back(Await{
        plan::SqlAsRecorded{left.table + " is as the run left it", left.query, record_of(left)},
        settled_deadline});
  return step;
}

}  // namespace

Stage look(const Deployment& deployment) {
  Stage stage = on_each(
      "look",
      "Look whether a rollback is possible",
      Outage::no,
      deployment.existing,
      [&](const std::string& host) {
        Step step =
            guard("look." + host, host, "config.yaml is the old or the new one", {"edit." + host});
        step.apply = {Await{known_config(deployment, host), settled_deadline}};
        return step;
      });
  stage.lanes.push_back({{nothing_came_since(deployment), still_as_left(deployment)}});
  Step rehearsal = guard("rehearse",
                         plan::at_metadb,
                         "the region's rows put back, rehearsed: done and rolled back",
                         writers(deployment));
  rehearsal.apply = {plan::RestoreRows{deployment.saved_rows(), deployment.wide, true}};
  stage.lanes.back().steps.push_back(rehearsal);
  ask_anew(stage);
  return stage;
}

plan::Step record_left(const Deployment& deployment) {
  Step step;
  step.id = "left";
  step.where = plan::at_metadb;
  step.title = "record the rows by what names them: as long as they stay so, there is a way back";
  step.source = "design §5.4: a completed run";
  for (const Left& left : what_is_left(deployment))
    step.apply.emplace_back(
        plan::RecordSql{"record " + left.table + " of the region", left.query, record_of(left)});
  step.not_undone = "the record is kept";
  return step;
}

}  // namespace omsctl::runbook
