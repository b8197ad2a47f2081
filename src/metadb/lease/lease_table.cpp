#include "lease_table.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "omsctl/metadb/failure.hpp"
#include "omsctl/metadb/rows.hpp"

namespace omsctl::metadb {
namespace {

constexpr std::string_view expiry = "UTC_TIMESTAMP(6) + INTERVAL 60 SECOND";

std::uint64_t number(const std::optional<std::string>& text) {
  return text ? std::stoull(*text) : 0;
}

}  // namespace

Database connect_bounded(const Endpoint& endpoint) {
  Endpoint bounded = endpoint;
  bounded.timeout = std::min(endpoint.timeout, base::Milliseconds(5000));
  bounded.answer_timeout = base::Milliseconds(10'000);
  Database database = Database::connect(bounded);
  database.execute(database.is_oceanbase() ? "SET SESSION ob_query_timeout = 8000000"
                                           : "SET SESSION innodb_lock_wait_timeout = 5");
  return database;
}

void LeaseTable::create(Database& database) const {
  try {
    static_cast<void>(database.value(fmt::format("SELECT 1 FROM {} LIMIT 1", name_)));
    return;
  } catch (const DatabaseError& error) {
    if (error.number() != no_such_table)
      throw;
  }
  database.execute(
      fmt::format("CREATE TABLE IF NOT EXISTS {} (`id` TINYINT NOT NULL PRIMARY KEY, `run` "
                  "VARCHAR(64) NOT NULL, "
                  "`holder` VARCHAR(128) NOT NULL, `host` VARCHAR(255) NOT NULL, `command` "
                  "VARCHAR(2000) NOT NULL, "
                  "`since` DATETIME(6) NOT NULL, `expires` DATETIME(6) NOT NULL, `fence` BIGINT "
                  "UNSIGNED NOT NULL, "
                  "`phase` VARCHAR(16) NOT NULL, `last_step` VARCHAR(1000) NOT NULL) "
                  "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4",
                  name_));
}

std::optional<LeaseRecord> LeaseTable::read(Database& database) const {
  Rows rows;
  try {
    rows = database.query(
        fmt::format("SELECT `run`, `holder`, `host`, `command`, DATE_FORMAT(`since`, '%Y-%m-%d "
                    "%H:%i:%s UTC'), `expires` < UTC_TIMESTAMP(6), `phase` = 'changed', `fence`, "
                    "`last_step` FROM {} WHERE `id` = 1",
                    name_));
  } catch (const DatabaseError& error) {
    if (error.number() == no_such_table)
      return std::nullopt;
    throw;
  }
  if (rows.rows.empty())
    return std::nullopt;
  const Row& row = rows.rows.front();
  return LeaseRecord{.run = row.at(0).value_or(""),
                     .holder = row.at(1).value_or(""),
                     .host = row.at(2).value_or(""),
                     .command = row.at(3).value_or(""),
                     .since = row.at(4).value_or(""),
                     .expired = row.at(5) == "1",
                     .changed = row.at(6) == "1",
                     .fence = number(row.at(7)),
                     .last_step = row.at(8).value_or("")};
}

bool LeaseTable::insert(Database& database, const Claim& claim, std::uint64_t fence) const {
  return database.execute(fmt::format("INSERT IGNORE INTO {} VALUES (1, {}, {}, {}, {}, "
                                      "UTC_TIMESTAMP(6), {}, {}, 'clean', '')",
                                      name_,
                                      quote_text(claim.run),
                                      quote_text(claim.holder),
                                      quote_text(claim.host),
                                      quote_text(claim.command),
                                      expiry,
                                      fence)) == 1;
}

bool LeaseTable::take_over(Database& database,
                           const LeaseRecord& old,
                           const Claim& claim,
                           std::uint64_t fence,
                           bool only_stale) const {
  // The phase stays: what may be half done does not become whole with a new holder.
  const std::string stale = fmt::format(" AND `expires` < UTC_TIMESTAMP(6) AND `phase` = '{}'",
                                        old.changed ? "changed" : "clean");
  return database.execute(
             fmt::format("UPDATE {} SET `run` = {}, `holder` = {}, `host` = {}, `command` = {}, "
                         "`since` = UTC_TIMESTAMP(6), `expires` = {}, `fence` = {}{} WHERE `id` = "
                         "1 AND `fence` = {}{}",
                         name_,
                         quote_text(claim.run),
                         quote_text(claim.holder),
                         quote_text(claim.host),
                         quote_text(claim.command),
                         expiry,
                         fence,
                         old.run == claim.run ? "" : ", `last_step` = ''",
                         old.fence,
                         only_stale ? stale : "")) == 1;
}

bool LeaseTable::renew(Database& database, std::uint64_t fence) const {
  return database.execute(
             fmt::format("UPDATE {} SET `expires` = {} WHERE `id` = 1 AND `fence` = {}",
                         name_,
                         expiry,
                         fence)) == 1;
}

bool LeaseTable::write_step(Database& database,
                            std::uint64_t fence,
                            const std::string& step,
                            bool changed) const {
  return database.execute(
             fmt::format("UPDATE {} SET `expires` = {}{}{} WHERE `id` = 1 AND `fence` = {}",
                         name_,
                         expiry,
                         step.empty() ? "" : ", `last_step` = " + quote_text(step),
                         changed ? ", `phase` = 'changed'" : "",
                         fence)) == 1;
}

bool LeaseTable::remove(Database& database, std::uint64_t fence) const {
  return database.execute(
             fmt::format("DELETE FROM {} WHERE `id` = 1 AND `fence` = {}", name_, fence)) == 1;
}

bool LeaseTable::remove_run(Database& database, const std::string& run) const {
  const auto held = read(database);
  return held && held->run == run && remove(database, held->fence);
}

std::uint64_t next_fence(Database& database, std::uint64_t last) {
  const auto now = database.value("SELECT CAST(UNIX_TIMESTAMP(NOW(6)) * 1000000 AS UNSIGNED)");
  return std::max(last + 1, number(now));
}

}  // namespace omsctl::metadb
