#include "omsctl/metadb/copy/backup_info.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "omsctl/metadb/quote.hpp"
#include "omsctl/metadb/rows.hpp"
#include "omsctl/metadb/schema/table.hpp"

#include "sealed_json.hpp"

namespace omsctl::metadb {
namespace {

constexpr auto info_name = "backup.json";
constexpr int known_format = 1;

}  // namespace

void write_backup_info(const std::filesystem::path& directory, const BackupInfo& info) {
  write_sealed(directory / info_name,
               {{"format", known_format},
                {"id", info.id},
                {"kind", info.kind},
                {"taken", info.taken},
                {"deployment", info.deployment},
                {"region", info.region},
                {"omsctl_version", info.omsctl_version}});
}

BackupInfo read_backup_info(const std::filesystem::path& directory) {
  const std::filesystem::path path = directory / info_name;
  const nlohmann::json json = read_sealed(path);
  try {
    if (json.at("format") != known_format)
      unusable(path, "has a format that this omsctl does not read");
    return {.id = json.at("id"),
            .kind = json.at("kind"),
            .taken = json.at("taken"),
            .deployment = json.at("deployment"),
            .region = json.at("region"),
            .omsctl_version = json.at("omsctl_version")};
  } catch (const nlohmann::json::exception& error) {
    unusable(path, fmt::format("is incomplete ({})", error.what()));
  }
}

std::vector<TableSize> table_sizes(Database& database, const std::vector<std::string>& databases) {
  std::vector<TableSize> sizes;
  for (const std::string& schema : databases) {
    const Rows rows = database.query(
        "SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_ROWS, DATA_LENGTH FROM information_schema.TABLES "
        "WHERE TABLE_SCHEMA = " +
        quote_text(schema));
    for (const Row& row : rows_named(database, rows, "TABLE_SCHEMA", schema))
      sizes.push_back({.name = schema + "." + row.at(1).value_or(""),
                       .rows = std::stoull(row.at(2).value_or("0")),
                       .bytes = std::stoull(row.at(3).value_or("0"))});
  }
  return sizes;
}

}  // namespace omsctl::metadb
