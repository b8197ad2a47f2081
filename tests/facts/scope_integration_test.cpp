#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "omsctl/facts/gather.hpp"
#include "omsctl/metadb/database.hpp"
#include "omsctl/metadb/row_set.hpp"
#include "omsctl/oms/scope.hpp"

#include "metadb/fixture.hpp"
#include "metadb/random_values.hpp"
#include "support/mariadb_server.hpp"

namespace omsctl::facts {
namespace {

using metadb::MetadbTest;
using metadb::RowSet;
using metadb::Values;
using oms::OutsideRows;

/// Random regions in the four tables. Every row says in `owner` whose it is, which no code under
/// test knows.
class AnyRegions : public MetadbTest, public testing::WithParamInterface<unsigned int> {
 protected:
  AnyRegions() : values_(GetParam()) {
    const std::vector<std::string> codes{"0", "1", "2", "10", "12", "127"};
    const std::size_t count = 2 + values_.below(2);
    const std::size_t first = values_.below(codes.size());
    for (std::size_t i = 0; i < count; ++i)
      codes_.push_back(codes[(first + i) % codes.size()]);
    make_regions();
    make_groups_and_hosts();
  }

  std::string type() {
    return values_.one_of({"INT",
                           "VARCHAR(9)",
                           "CHAR(9)",
                           "DECIMAL(5,0)",
                           "VARCHAR(9) COLLATE "
                           "utf8mb4_bin",
                           "VARCHAR(9) CHARACTER SET latin1"});
  }

  void make_regions() {
    sql(
        {"CREATE TABLE cluster_info (region VARCHAR(64), region_cn VARCHAR(64), cm_url "
         "VARCHAR(64), "
         "code " +
         type() + ", is_default_cm INT, owner VARCHAR(9)) ENGINE=InnoDB"});
    for (const std::string& code : codes_)
      sql({fmt::format("INSERT INTO cluster_info VALUES ('cn-{0}', '', '', {0}, 0, 'r{0}')",
                       code)});
    if (values_.below(4) == 0)
      sql({"INSERT INTO cluster_info (region, owner) VALUES ('cn-old', 'none')"});
  }

  void make_groups_and_hosts() {
    sql({"CREATE TABLE resource_group (id INT, name VARCHAR(64), owner VARCHAR(9)) ENGINE=InnoDB",
         "CREATE TABLE host (ip VARCHAR(64), host_status VARCHAR(9), resource_group_id " +
             values_.one_of({"INT", "VARCHAR(9)"}) + ", owner VARCHAR(9)) ENGINE=InnoDB"});
    int id = 0;
    const auto group = [&](const std::string& name, const std::string& owner) {
      sql({fmt::format("INSERT INTO resource_group VALUES ({}, {}, '{}')", ++id, name, owner)});
      for (std::size_t i = values_.below(3); i-- > 0;)
        host(std::to_string(id), owner);
    };
    for (const std::string& code : codes_)
      for (std::size_t i = 1 + values_.below(2); i-- > 0;)
        group("'" + code + "'", "r" + code);
    for (std::size_t i = values_.below(3); i-- > 0;)
      group(fmt::format(fmt::runtime(values_.one_of({"'{} '",
                                                     "' {}'",
                                                     "'0{}'",
                                                     "'{}x'",
                                                     "NULL",
                                                     "_utf8mb4 0xEFBC91",
                                                     "''",
                                                     "'\xC3\xA9'"})),
                        codes_.front()),
            "none");
    for (std::size_t i = values_.below(3); i-- > 0;)
      host(values_.one_of({"NULL", "999"}), "none");
    // A node that the tables do not know by its group yet.
    host("NULL", "r" + codes_.front());
  }

  void host(const std::string& group, const std::string& owner) {
    const std::string ip = fmt::format("10.0.0.{}", ++hosts_);
    sql({fmt::format("INSERT INTO host VALUES ('{}', '', {}, '{}')", ip, group, owner)});
    if (owner == "r" + codes_.front())
      nodes_.push_back(ip);
  }

  /// `loc` holds the code, or there is none; flags, counters, names and a second column may stand
  /// beside it.
  void make_locations(bool has_codes) {
    const std::string second = values_.one_of({"", ", again INT"});
    const std::string names = values_.one_of({"", ", region VARCHAR(20)"});
    sql(
        {fmt::format("CREATE TABLE location_cm (flag {}, {}owner VARCHAR(9){}{}, id INT "
                     "AUTO_INCREMENT PRIMARY KEY) ENGINE=InnoDB",
                     values_.one_of({"TINYINT(1)", "INT", "VARCHAR(3)"}),
                     has_codes ? "loc " + type() + ", " : "",
                     second,
                     names)});
    std::vector<std::string> owners = codes_;
    for (std::size_t i = values_.below(6); i-- > 0;)
      owners.push_back(values_.below(3) == 0 ? "" : values_.one_of(codes_));
    for (const std::string& code : owners) {
      const std::string value = code.empty() ? values_.one_of({"NULL", "99"}) : code;
      std::vector<std::string> columns{"flag", "owner"};
      std::vector<std::string> row{std::to_string(values_.below(2)),
                                   code.empty() ? "'none'" : "'r" + code + "'"};
      const auto add = [&](bool wanted, const char* name, const std::string& literal) {
        if (wanted) {
          columns.emplace_back(name);
          row.push_back(literal);
        }
      };
      add(has_codes, "loc", value);
      add(!second.empty() && has_codes, "again", value);
      add(!names.empty(), "region", code.empty() ? "NULL" : "'cn-" + code + "'");
      sql({fmt::format("INSERT INTO location_cm ({}) VALUES ({})",
                       fmt::join(columns, ", "),
                       fmt::join(row, ", "))});
    }
  }

  oms::Scope scope_of(OutsideRows outside, const std::string& location_column) {
    Facts facts;
    const metadb::Endpoint server = support::MariadbServer::shared().tcp();
    facts.target.meta_host = server.host;
    facts.target.meta_port.number = server.port;
    facts.target.meta_user = server.user;
    facts.target.rm_db = facts.target.cm_db = facts.target.heartbeat_db = "lab";
    facts.target.cm_location = std::stoi(codes_.front());
    facts.choices.metadb_via = "direct";
    facts.choices.outside_rows = outside;
    facts.choices.location_column = location_column;
    for (const std::string& node : nodes_) {
      facts.nodes.emplace_back();
      facts.nodes.back().address = node;
      facts.nodes.back().existing = true;
    }
    remote::Fleet fleet{remote::ReachOptions{}};
    gather_metadb(facts, fleet);
    EXPECT_EQ(facts.metadb.problem, "");
    return facts.region_scope();
  }

  /// Exactly the rows of the first region, and of none where they are to be cleared.
  void expect_right(const oms::Scope& scope, bool clear) {
    for (const RowSet& set : scope.sets) {
      SCOPED_TRACE(set.table + " WHERE " + set.where);
      const std::string wanted =
          fmt::format("owner IN ('r{}'{})", codes_.front(), clear ? ", 'none'" : "");
      EXPECT_EQ(
          database_.value(fmt::format(
              "SELECT COUNT(*) FROM {} WHERE ({}) AND NOT ({})", set.table, set.where, wanted)),
          "0");
      EXPECT_EQ(
          database_.value(fmt::format("SELECT COUNT(*) FROM {} WHERE {} AND NOT COALESCE(({}), 0)",
                                      set.table,
                                      wanted,
                                      set.where)),
          "0");
    }
  }

  Values values_;
  std::vector<std::string> codes_;  ///< the first is ours
  std::vector<std::string> nodes_;
  int hosts_ = 0;
};

TEST_P(AnyRegions, KeepTheirRows) {
  make_locations(true);
  for (const bool clear : {false, true}) {
    const OutsideRows outside = clear ? OutsideRows::clear : OutsideRows::keep;
    const oms::Scope undecided = scope_of(outside, "");
    if (undecided.obstacles.empty())
      expect_right(undecided, clear);
    const oms::Scope scope = scope_of(outside, "loc");
    ASSERT_TRUE(scope.obstacles.empty()) << scope.obstacles.front().what;
    expect_right(scope, clear);
  }
}

TEST_P(AnyRegions, KeepTheirRowsWhenOnlyAFlagLooksLikeACode) {
  make_locations(false);
  const oms::Scope scope = scope_of(OutsideRows::keep, "");
  const bool could_be_read = std::ranges::none_of(scope.obstacles, [](const oms::Obstacle& it) {
    return metadb::mentions(it.what, "location_cm");
  });
  if (could_be_read) {
    expect_right(scope, false);
  } else {
    EXPECT_EQ(scope.sets.back().where, "0");
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, AnyRegions, testing::Range(1U, 31U));

}  // namespace
}  // namespace omsctl::facts
