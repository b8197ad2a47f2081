#include <sys/resource.h>

#include <chrono>
#include <cstdint>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "omsctl/base/files.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/metadb/change/delete.hpp"
#include "omsctl/metadb/change/restore.hpp"
#include "omsctl/metadb/copy/dump.hpp"
#include "omsctl/metadb/copy/manifest.hpp"
#include "omsctl/metadb/copy/row_stream.hpp"
#include "omsctl/metadb/copy/snapshot.hpp"
#include "omsctl/metadb/database.hpp"

#include "support/mariadb_server.hpp"

namespace omsctl::metadb {
namespace {

constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20U;
constexpr std::uint64_t row_bytes = 32'768;
constexpr std::uint64_t small_table = 10 * mebibyte;
constexpr std::uint64_t big_table = 1024 * mebibyte;
/// What a hundred times the rows may cost besides: buffers that grew, and the heap's own holes.
constexpr std::uint64_t allowed_growth = 24 * mebibyte;

/// The most that this process has ever had in memory.
std::uint64_t peak() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

/// Random bytes made by the server, saved, verified, deleted, put back and dumped.
void there_and_back(Database& database, std::uint64_t bytes) {
  const base::TempDir files;
  for (const char* statement :
       {"DROP DATABASE IF EXISTS lab",
        "CREATE DATABASE lab",
        "USE lab",
        "CREATE TABLE lab.t (id INT PRIMARY KEY, v LONGBLOB) ENGINE=InnoDB"})
    database.execute(statement);
  // 1024 bytes are the most that RANDOM_BYTES gives; each row has 32 times its own.
  database.execute(
      fmt::format("INSERT INTO lab.t SELECT seq, REPEAT(RANDOM_BYTES(1024), {}) FROM seq_1_to_{}",
                  row_bytes / 1024,
                  bytes / row_bytes));
  const Manifest manifest = take_snapshot(database, {{"lab", "t"}}, files.path() / "snapshot");
  ASSERT_EQ(manifest.tables.at(0).digest.count, bytes / row_bytes);
  static_cast<void>(verify_snapshot(files.path() / "snapshot"));
  delete_rows(database, manifest, {});
  ASSERT_EQ(database.value("SELECT COUNT(*) FROM lab.t"), "0");
  restore_rows(database, files.path() / "snapshot", {});
  ASSERT_EQ(digest_rows(database, {"lab", "t"}), manifest.tables.at(0).digest);
  static_cast<void>(dump_databases(database, {"lab"}, files.path() / "dump"));
}

TEST(Memory, DoesNotGrowWithTheTable) {
  support::MariadbServer server({"--innodb-buffer-pool-size=256M", "--innodb-log-file-size=512M"});
  Database database = Database::connect(server.tcp());
  there_and_back(database, small_table);
  const std::uint64_t before = peak();
  const auto began = std::chrono::steady_clock::now();
  there_and_back(database, big_table);
  const std::uint64_t after = peak();
  const auto took =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - began);
  fmt::print("10 MiB: peak {}; 1 GiB: peak {} ({:.3f} times), {} s\n",
             base::human_size(before),
             base::human_size(after),
             static_cast<double>(after) / static_cast<double>(before),
             took.count());
  EXPECT_LE(after - before, allowed_growth);
}

}  // namespace
}  // namespace omsctl::metadb
