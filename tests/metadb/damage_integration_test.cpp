#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "omsctl/base/digest.hpp"
#include "omsctl/metadb/copy/dump.hpp"
#include "omsctl/metadb/copy/manifest.hpp"
#include "omsctl/metadb/copy/snapshot.hpp"

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

  /// Changes the manifest as somebody would who also knows how its digest is made.
  void edit_manifest(const std::function<void(nlohmann::json&)>& edit) {
    auto json = nlohmann::json::parse(base::read_file(directory() / "manifest.json"));
    edit(json);
    json.erase("sha256_of_this");
    json["sha256_of_this"] = base::sha256(json.dump());
    base::write_file(directory() / "manifest.json", json.dump());
  }

  /// A second copy of the same tables with other rows, as another run has it.
  std::filesystem::path another_copy() {
    sql({"UPDATE a SET v = 'six' WHERE id = 1"});
    take_snapshot(database_, {{"lab", "a"}, {"lab", "b"}}, files_.path() / "another");
    return files_.path() / "another";
  }

  /// Every bit flip and truncation at `step`s, each noticed.
  void expect_damage_noticed(const std::filesystem::path& file, std::size_t step) {
    const std::string good = base::read_file(file);
    for (std::size_t i = 0; i < good.size(); i += step) {
      std::string bad = good;
      bad[i] = static_cast<char>(bad[i] ^ (1 << (i % 8)));
      overwrite(file, bad);
      EXPECT_THROW(static_cast<void>(verify_snapshot(file.parent_path())), base::Error)
          << file << ", byte " << i;
      overwrite(file, good.substr(0, i));
      EXPECT_THROW(static_cast<void>(verify_snapshot(file.parent_path())), base::Error)
          << file << ", " << i << " bytes";
    }
    overwrite(file, good);
    EXPECT_FALSE(verify_snapshot(file.parent_path()).tables.empty());
  }

  Manifest manifest_;
};

TEST_F(Damage, FlippedBitsAndTruncationsAreDetectedInEveryFile) {
  for (const auto& [name, sha256] : manifest_.files)
    expect_damage_noticed(directory() / name, 5);
  expect_damage_noticed(directory() / "manifest.json", 3);
}

TEST_F(Damage, FlippedBitsAndTruncationsAreDetectedInADump) {
  sql({"DROP DATABASE IF EXISTS oms_hb",
       "CREATE DATABASE oms_hb",
       "CREATE VIEW oms_hb.v AS SELECT 1"});
  const auto directory = files_.path() / "dump";
  const Manifest dump = dump_databases(database_, {"lab", "oms_hb"}, directory);
  ASSERT_EQ(dump.files.size(), 2U);
  for (const auto& [name, sha256] : dump.files)
    expect_damage_noticed(directory / name, 3);
  expect_damage_noticed(directory / "manifest.json", 5);
}

TEST_F(Damage, FilesOfAnotherCopyAreDetected) {
  const auto another = another_copy();
  for (const std::string& name : {manifest_.tables[0].rows_file, std::string("manifest.json")}) {
    const std::string good = base::read_file(directory() / name);
    overwrite(directory() / name, base::read_file(another / name));
    EXPECT_THROW(static_cast<void>(verify_snapshot(directory())), base::Error) << name;
    overwrite(directory() / name, good);
  }
}

TEST_F(Damage, SwappedFilesAreDetected) {
  std::filesystem::rename(rows_a(), directory() / "x");
  std::filesystem::rename(rows_b(), rows_a());
  std::filesystem::rename(directory() / "x", rows_b());
  expect_detected(rows_a().filename().string());
}

TEST_F(Damage, FilesSwappedInTheManifestTooAreDetected) {
  edit_manifest([](nlohmann::json& json) {
    std::swap(json["tables"][0]["rows_file"], json["tables"][1]["rows_file"]);
  });
  expect_detected(rows_a().filename().string());
}

TEST_F(Damage, ARowCountChangedInTheManifestTooIsDetected) {
  edit_manifest([](nlohmann::json& json) { json["tables"][0]["rows"] = 2; });
  expect_detected(rows_a().filename().string());
}

TEST_F(Damage, AnEditedManifestIsDetected) {
  std::string json = base::read_file(directory() / "manifest.json");
  json.replace(json.find("\"left_out\": []"), 14, "\"left_out\": [\"triggers\"]");
  base::write_file(directory() / "manifest.json", json);
  expect_detected("not as it was written");
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
  edit_manifest([](nlohmann::json& json) { json["format"] = 3; });
  expect_detected("format 3");
}

TEST_F(Damage, AManifestCannotNameFilesElsewhere) {
  edit_manifest([](nlohmann::json& json) { json["files"]["../x"] = ""; });
  expect_detected("outside its directory");
}

TEST_F(Damage, AManifestCannotNameFilesWithoutADigest) {
  edit_manifest([](nlohmann::json& json) { json["tables"][0]["rows_file"] = "other"; });
  expect_detected("other");
}

/// What a killed run leaves: some files, one of them cut off, and no manifest.
class Leftovers : public Damage {
 protected:
  Leftovers() {
    std::filesystem::remove(directory() / "manifest.json");
    overwrite(rows_b(), base::read_file(rows_b()).substr(0, 40));
    for (const char* name :
         {"07-old.rows.sql", "07-old.schema.sql.12.tmp", "gone.sql.zst", "manifest.json.7.tmp"})
      overwrite(directory() / name, "x");
    overwrite(directory() / "mine.txt", "kept");
  }

  [[nodiscard]] std::set<std::string> names() const {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(directory()))
      names.insert(entry.path().filename().string());
    return names;
  }
};

TEST_F(Leftovers, ASnapshotBeginsAnew) {
  snapshot({{"lab", "a"}});
  EXPECT_EQ(
      names(),
      (std::set<std::string>{"01-a.rows.sql", "01-a.schema.sql", "manifest.json", "mine.txt"}));
  EXPECT_EQ(verify_snapshot(directory()).tables.size(), 1U);
}

TEST_F(Leftovers, ADumpBeginsAnew) {
  static_cast<void>(dump_databases(database_, {"lab"}, directory()));
  EXPECT_EQ(names(), (std::set<std::string>{"lab.sql.zst", "manifest.json", "mine.txt"}));
  EXPECT_EQ(verify_snapshot(directory()).tables.size(), 2U);
}

TEST_F(Leftovers, AFinishedDumpIsNeverWrittenOver) {
  static_cast<void>(dump_databases(database_, {"lab"}, directory()));
  const base::Error error =
      failure_of([&] { static_cast<void>(dump_databases(database_, {"lab"}, directory())); });
  EXPECT_EQ(error.code(), base::Code::storage);
  EXPECT_THAT(error.what(), HasSubstr("never overwritten"));
}

}  // namespace
}  // namespace omsctl::metadb
