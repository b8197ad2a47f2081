#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "metadb/fixture.hpp"

namespace omsctl::metadb {
namespace {

using testing::HasSubstr;

/// A verified snapshot of two tables with equal columns, to be damaged.
class Damage : public MetadbTest {
 protected:
  Damage() {
    sql({"CREATE TABLE a (id INT PRIMARY KEY, v VARCHAR(200)) ENGINE=InnoDB",
         "CREATE TABLE b LIKE a",
         "INSERT INTO a VALUES (1, 'one'), (2, 'two'), (3, NULL)",
         "INSERT INTO b VALUES (1, 'one'), (2, 'two'), (4, NULL)"});
    manifest_ = snapshot({{"lab", "a"}, {"lab", "b"}});
  }

  [[nodiscard]] std::filesystem::path rows_a() const {
    return directory() / manifest_.tables[0].rows_file;
  }
  [[nodiscard]] std::filesystem::path rows_b() const {
    return directory() / manifest_.tables[1].rows_file;
  }

  void expect_detected(const std::string& file) {
    const base::Error error = failure_of([&] { static_cast<void>(verify_snapshot(directory())); });
    EXPECT_EQ(error.code(), base::Code::storage);
    EXPECT_THAT(error.what(), HasSubstr(file));
  }

  Manifest manifest_;
};

TEST_F(Damage, FlippedBitsAreDetectedWhereverTheyAre) {
  const std::string good = base::read_file(rows_a());
  for (std::size_t i = 0; i < good.size(); i += 5) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ (1 << (i % 8)));
    overwrite(rows_a(), bad);
    EXPECT_THROW(static_cast<void>(verify_snapshot(directory())), base::Error) << "byte " << i;
  }
  base::write_file(rows_a(), good);
  EXPECT_EQ(verify_snapshot(directory()).tables.size(), 2U);
}

TEST_F(Damage, TruncationsAreDetectedWhereverTheyAre) {
  const std::string good = base::read_file(rows_a());
  for (std::size_t size = 0; size < good.size(); size += 5) {
    overwrite(rows_a(), good.substr(0, size));
    EXPECT_THROW(static_cast<void>(verify_snapshot(directory())), base::Error) << size << " bytes";
  }
}

TEST_F(Damage, SwappedFilesAreDetected) {
  std::filesystem::rename(rows_a(), directory() / "x");
  std::filesystem::rename(rows_b(), rows_a());
  std::filesystem::rename(directory() / "x", rows_b());
  expect_detected(rows_a().filename().string());
}

TEST_F(Damage, FilesSwappedInTheManifestTooAreDetected) {
  std::string json = base::read_file(directory() / "manifest.json");
  const auto exchange = [&json](const std::string& left, const std::string& right) {
    const std::size_t at_left = json.find(left);
    const std::size_t at_right = json.find(right);
    json.replace(at_left, left.size(), right);
    json.replace(at_right, right.size(), left);
  };
  exchange(manifest_.tables[0].rows_file, manifest_.tables[1].rows_file);
  exchange(manifest_.tables[0].rows_sha256, manifest_.tables[1].rows_sha256);
  base::write_file(directory() / "manifest.json", json);
  expect_detected(rows_a().filename().string());
}

TEST_F(Damage, AChangedSchemaIsDetected) {
  const auto schema = directory() / manifest_.tables[1].schema_file;
  base::write_file(schema, base::read_file(schema) + "\n");
  expect_detected(schema.filename().string());
}

TEST_F(Damage, AMissingFileIsNamed) {
  std::filesystem::remove(rows_b());
  expect_detected(rows_b().filename().string());
}

TEST_F(Damage, AMissingManifestMeansThereIsNoCopy) {
  std::filesystem::remove(directory() / "manifest.json");
  expect_detected("manifest.json");
}

TEST_F(Damage, AManifestOfALaterFormatIsNotGuessedAt) {
  std::string json = base::read_file(directory() / "manifest.json");
  json.replace(json.find("\"format\": 1"), 11, "\"format\": 2");
  base::write_file(directory() / "manifest.json", json);
  expect_detected("format 2");
}

TEST_F(Damage, AManifestCannotNameFilesElsewhere) {
  std::string json = base::read_file(directory() / "manifest.json");
  const std::string name = manifest_.tables[0].rows_file;
  json.replace(json.find(name), name.size(), "../" + name);
  base::write_file(directory() / "manifest.json", json);
  expect_detected("outside its directory");
}

}  // namespace
}  // namespace omsctl::metadb
