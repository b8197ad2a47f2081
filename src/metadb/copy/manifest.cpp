#include "omsctl/metadb/copy/manifest.hpp"

#include <cctype>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "omsctl/base/clock.hpp"
#include "omsctl/base/error.hpp"
#include "omsctl/base/files.hpp"
#include "omsctl/base/json.hpp"
#include "omsctl/metadb/rows.hpp"
#include "omsctl/metadb/schema/stored_code.hpp"

#include "sealed_json.hpp"

namespace omsctl::metadb {
namespace {

constexpr int known_format = 2;

/// Files that a copy which was never finished left; nothing else is touched.
void remove_leftovers(const std::filesystem::path& directory) {
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    const std::string name = entry.path().filename().string();
    const bool ours = name.find(".schema.sql") != std::string::npos ||
                      name.find(".rows.sql") != std::string::npos ||
                      name.find(".sql.zst") != std::string::npos ||
                      name.find(manifest_name) != std::string::npos;
    if (ours && entry.is_regular_file())
      std::filesystem::remove(entry.path());
  }
}

/// File names in a manifest stay within its directory.
bool is_plain_name(const std::string& name) {
  return !name.empty() && !name.starts_with('.') && name.find('/') == std::string::npos;
}

}  // namespace

void to_json(nlohmann::json& json, const Manifest& manifest) {
  auto tables = nlohmann::json::array();
  for (const SavedRows& saved : manifest.tables) {
    tables.push_back({{"database", saved.rows.database},
                      {"table", saved.rows.table},
                      {"where", saved.rows.where},
                      {"rows", saved.digest.count},
                      {"sha256", saved.digest.sha256},
                      {"schema_file", saved.schema_file},
                      {"rows_file", saved.rows_file}});
    if (!saved.rows.emptied.empty())
      tables.back()["emptied"] = saved.rows.emptied;
  }
  json = {{"format", manifest.format},
          {"taken", manifest.taken},
          {"server_version", manifest.server_version},
          {"time_zone", manifest.time_zone},
          {"tables", std::move(tables)},
          {"files", manifest.files},
          {"databases", manifest.databases},
          {"left_out", manifest.left_out}};
}

void from_json(const nlohmann::json& json, Manifest& manifest) {
  json.at("format").get_to(manifest.format);
  json.at("taken").get_to(manifest.taken);
  json.at("server_version").get_to(manifest.server_version);
  json.at("time_zone").get_to(manifest.time_zone);
  manifest.tables.clear();
  for (const nlohmann::json& table : json.at("tables")) {
    SavedRows saved;
    table.at("database").get_to(saved.rows.database);
    table.at("table").get_to(saved.rows.table);
    table.at("where").get_to(saved.rows.where);
    if (table.contains("emptied"))
      table.at("emptied").get_to(saved.rows.emptied);
    table.at("rows").get_to(saved.digest.count);
    table.at("sha256").get_to(saved.digest.sha256);
    table.at("schema_file").get_to(saved.schema_file);
    table.at("rows_file").get_to(saved.rows_file);
    manifest.tables.push_back(std::move(saved));
  }
  json.at("files").get_to(manifest.files);
  json.at("databases").get_to(manifest.databases);
  json.at("left_out").get_to(manifest.left_out);
}

void prepare_directory(const std::filesystem::path& directory) {
  base::make_private_directory(directory);
  if (std::filesystem::exists(directory / manifest_name))
    throw base::Error(
        base::Code::storage,
        fmt::format("{} holds a copy already, which is never overwritten", directory.string()),
        "verify that one, or name another directory");
  remove_leftovers(directory);
}

Manifest begin_manifest(Database& database) {
  const Rows zones = database.query("SELECT @@global.time_zone, @@system_time_zone");
  Manifest manifest;
  manifest.taken = base::utc_now();
  manifest.server_version = database.server_version();
  manifest.time_zone = zones.rows.at(0).at(0).value_or("");
  if (manifest.time_zone == "SYSTEM")
    manifest.time_zone += " (" + zones.rows.at(0).at(1).value_or("") + ")";
  return manifest;
}

void name_unseen(Database& database,
                 const std::vector<std::string>& databases,
                 Manifest& manifest) {
  for (const std::string& schema : databases)
    for (const std::string& privilege : blind_spots(database, schema))
      manifest.left_out.push_back(
          fmt::format("{} of {}, if there are any: this user lacks the privilege {}",
                      privilege == "TRIGGER" ? "triggers" : "the names of events",
                      schema,
                      privilege));
}

void write_manifest(const std::filesystem::path& directory, const Manifest& manifest) {
  base::sync_directory(directory);
  write_sealed(directory / manifest_name, manifest);
}

Manifest read_manifest(const std::filesystem::path& directory) {
  const std::filesystem::path path = directory / manifest_name;
  const nlohmann::json json = read_sealed(path);
  Manifest manifest;
  try {
    manifest = json.get<Manifest>();
  } catch (const nlohmann::json::exception& error) {
    unusable(path, fmt::format("is incomplete ({})", error.what()));
  }
  if (manifest.format != known_format)
    unusable(path,
             fmt::format("has format {}, this omsctl reads {}", manifest.format, known_format));
  if (!base::says_the_same(json, manifest))
    unusable(path, "says something that this omsctl does not know");
  for (const auto& [name, sha256] : manifest.files)
    if (!is_plain_name(name))
      unusable(path, "names a file outside its directory");
  for (const SavedRows& saved : manifest.tables)
    for (const std::string& name : {saved.schema_file, saved.rows_file})
      if (!manifest.files.contains(name))
        unusable(path, fmt::format("has no digest of {}", name));
  return manifest;
}

std::string file_safe(std::string_view name) {
  constexpr std::size_t longest = 40;
  std::string safe;
  for (const char c : name.substr(0, longest)) {
    const bool plain =
        c == '-' || c == '_' ||
        (static_cast<unsigned char>(c) < 0x80 && std::isalnum(static_cast<unsigned char>(c)) != 0);
    safe += plain ? c : '_';
  }
  return safe;
}

}  // namespace omsctl::metadb
