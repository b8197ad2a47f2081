/// What the MetaDB's integration tests share: schemas of their own on the shared server.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "omsctl/base/error.hpp"
#include "omsctl/base/files.hpp"
#include "omsctl/metadb/copy/manifest.hpp"
#include "omsctl/metadb/database.hpp"
#include "omsctl/metadb/row_set.hpp"
#include "omsctl/metadb/rows.hpp"

namespace omsctl::metadb {

/// An empty schema "lab" (and "copy" to load into), dropped and made anew for each test.
class MetadbTest : public testing::Test {
 protected:
  MetadbTest();

  /// Executes each statement.
  void sql(const std::vector<std::string>& statements);
  /// All rows of `table`, in the order of their text.
  [[nodiscard]] Rows rows_of(const std::string& schema, const std::string& table);
  [[nodiscard]] std::string count(const std::string& table);
  Manifest snapshot(const std::vector<RowSet>& sets);
  /// Loads schema and rows of all tables of the snapshot into "copy" with the stock client.
  void load_copy(const Manifest& manifest);

  [[nodiscard]] std::filesystem::path directory() const { return files_.path() / "snapshot"; }

  Database database_;
  base::TempDir files_;
};

/// What `work` throws; fails the test when it throws nothing.
template <typename Work>
base::Error failure_of(const Work& work) {
  try {
    work();
  } catch (const base::Error& error) {
    return error;
  }
  ADD_FAILURE() << "nothing was thrown";
  return {base::Code::internal, ""};
}

/// Two regions in resource_group, three hosts that refer to them.
[[nodiscard]] std::vector<std::string> region_tables();

/// Without waiting for the disk: for tests that do it a thousand times.
void overwrite(const std::filesystem::path& file, const std::string& content);

[[nodiscard]] bool mentions(const std::string& text, const std::string& part);

}  // namespace omsctl::metadb
