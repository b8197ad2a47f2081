#include "omsctl/metadb/copy/snapshot.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "omsctl/base/digest.hpp"
#include "omsctl/base/error.hpp"
#include "omsctl/base/files.hpp"
#include "omsctl/metadb/copy/manifest.hpp"
#include "omsctl/metadb/copy/progress.hpp"
#include "omsctl/metadb/copy/sections.hpp"
#include "omsctl/metadb/row_set.hpp"
#include "omsctl/metadb/schema/definition.hpp"
#include "omsctl/metadb/schema/foreign_keys.hpp"
#include "omsctl/metadb/schema/table.hpp"
#include "omsctl/metadb/transaction.hpp"

namespace omsctl::metadb {
namespace {

[[noreturn]] void differs(const std::filesystem::path& file, const std::string& how) {
  throw base::Error(base::Code::storage,
                    fmt::format("{}: {}", file.string(), how),
                    "do not rely on this copy; take a new one while the rows are there");
}

/// The mysql client can check a foreign key only when the parent was loaded before, and whole.
bool has_unchecked_key(const std::vector<RowSet>& loaded,
                       const RowSet& rows,
                       const std::vector<ForeignKey>& keys) {
  return std::ranges::any_of(keys, [&](const ForeignKey& key) {
    if (key.child != name_of(rows))
      return false;
    return std::ranges::none_of(loaded, [&key](const RowSet& parent) {
      return name_of(parent) == key.parent && parent.where == "1";
    });
  });
}

std::string schema_sql(const Table& table,
                       const std::string& settings,
                       const std::vector<Trigger>& triggers) {
  return fmt::format("{}{};\n{}", settings, table.create_statement, create_triggers(triggers));
}

/// Triggers would fire on the rows that are loaded: they are made anew after them.
RowDigest save_rows(Database& database,
                    const Table& table,
                    const SavedRows& saved,
                    const std::filesystem::path& directory,
                    Manifest& manifest,
                    const std::string& settings,
                    const std::vector<Trigger>& triggers,
                    const Progress& progress) {
  CopyWriter sink(directory / saved.rows_file);
  write_text(sink, settings + drop_triggers(triggers) + "START TRANSACTION;");
  RowDigest digest = write_rows(database, sink, table, saved.rows, progress);
  write_text(sink, "COMMIT;\n" + create_triggers(triggers));
  write_end(sink);
  manifest.files[saved.rows_file] = sink.finish();
  return digest;
}

/// On the connection and within the consistent read that wrote the file.
void compare_with_rows(Database& database,
                       const Table& table,
                       const SavedRows& saved,
                       const std::filesystem::path& directory) {
  if (digest_of(database, table, saved.rows.where, Lock::none) != saved.digest)
    differs(directory / saved.rows_file,
            fmt::format("it is not what {} holds in the same consistent read", table.quoted()));
}

std::vector<TableName> names_of(const std::vector<RowSet>& sets) {
  std::vector<TableName> names;
  std::ranges::transform(sets, std::back_inserter(names), name_of);
  return names;
}

std::vector<std::string> databases_of(const std::vector<RowSet>& sets) {
  std::vector<std::string> databases;
  for (const RowSet& set : sets)
    if (std::ranges::find(databases, set.database) == databases.end())
      databases.push_back(set.database);
  return databases;
}

std::vector<RowSet> in_order(const std::vector<RowSet>& sets, const std::vector<ForeignKey>& keys) {
  std::vector<RowSet> ordered;
  for (const std::size_t index : parents_first(names_of(sets), keys))
    ordered.push_back(sets[index]);
  return ordered;
}

/// A file of rows holds exactly the sections that the manifest names, with their digests.
void check_sections(const std::filesystem::path& path,
                    const ParsedFile& parsed,
                    const std::vector<const SavedRows*>& expected) {
  if (parsed.sections.size() != expected.size())
    differs(path, "it holds other tables than the manifest says");
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const RowsSection& section = parsed.sections[i];
    if (section.rows != expected[i]->rows)
      differs(path,
              fmt::format("it holds rows of {}, not the rows the manifest says",
                          name_of(section.rows).quoted()));
    if (section.digest != expected[i]->digest)
      differs(path,
              fmt::format("the rows of {} are not the ones that were saved",
                          name_of(section.rows).quoted()));
  }
}

std::string file_digest(const std::filesystem::path& path) {
  CopyReader source(path);
  return source.finish();
}

void save_table(Database& database,
                const Table& table,
                const RowSet& rows,
                const std::filesystem::path& directory,
                Manifest& manifest,
                bool unchecked_keys,
                const Progress& progress) {
  const std::string base_name =
      fmt::format("{:02}-{}", manifest.tables.size() + 1, file_safe(rows.table));
  SavedRows saved{.rows = rows,
                  .digest = {},
                  .schema_file = base_name + ".schema.sql",
                  .rows_file = base_name + ".rows.sql"};
  const std::vector<Trigger> triggers = read_triggers(database, table);
  const std::string settings = session_settings(unchecked_keys);
  const std::string schema = schema_sql(table, settings, triggers);
  base::write_file(directory / saved.schema_file, schema);
  manifest.files[saved.schema_file] = base::sha256(schema);
  saved.digest =
      save_rows(database, table, saved, directory, manifest, settings, triggers, progress);
  manifest.tables.push_back(std::move(saved));
}

}  // namespace

Manifest take_snapshot(Database& database,
                       const std::vector<RowSet>& sets,
                       const std::filesystem::path& directory,
                       const Progress& progress) {
  prepare_directory(directory);
  Transaction transaction(database, "REPEATABLE READ");
  Manifest manifest = begin_manifest(database);
  name_unseen(database, databases_of(sets), manifest);
  const std::vector<ForeignKey> keys = foreign_keys_around(database, names_of(sets));
  const std::vector<RowSet> ordered = in_order(sets, keys);
  std::vector<Table> tables;
  for (std::size_t i = 0; i < ordered.size(); ++i) {
    const std::vector<RowSet> loaded(ordered.begin(),
                                     ordered.begin() + static_cast<std::ptrdiff_t>(i));
    tables.push_back(read_table(database, ordered[i].database, ordered[i].table));
    save_table(database,
               tables.back(),
               ordered[i],
               directory,
               manifest,
               has_unchecked_key(loaded, ordered[i], keys),
               progress);
  }
  check_files(directory, manifest);
  for (std::size_t i = 0; i < tables.size(); ++i)
    compare_with_rows(database, tables[i], manifest.tables[i], directory);
  transaction.commit();
  write_manifest(directory, manifest);
  return manifest;
}

void check_file(const std::filesystem::path& directory,
                const Manifest& manifest,
                const std::string& name) {
  const std::string& sha256 = manifest.files.at(name);
  std::vector<const SavedRows*> expected;
  for (const SavedRows& saved : manifest.tables)
    if (saved.rows_file == name)
      expected.push_back(&saved);
  if (expected.empty()) {
    if (file_digest(directory / name) != sha256)
      differs(directory / name, "it is not the file that was written");
    return;
  }
  const ParsedFile parsed = parse_file(directory / name);
  if (parsed.sha256 != sha256)
    differs(directory / name, "it is not the file that was written");
  check_sections(directory / name, parsed, expected);
}

void check_files(const std::filesystem::path& directory, const Manifest& manifest) {
  for (const auto& [name, sha256] : manifest.files)
    check_file(directory, manifest, name);
}

std::vector<FileCheck> check_copy(const std::filesystem::path& directory) {
  const Manifest manifest = read_manifest(directory);
  std::vector<FileCheck> checks;
  for (const auto& [name, sha256] : manifest.files) {
    FileCheck check{.file = name};
    for (const SavedRows& saved : manifest.tables)
      if (saved.rows_file == name)
        check.rows += saved.digest.count;
    try {
      check.bytes = std::filesystem::file_size(directory / name);
      check_file(directory, manifest, name);
    } catch (const std::filesystem::filesystem_error& error) {
      check.problem = error.code().message();
    } catch (const base::Error& error) {
      check.problem = error.what();
    }
    checks.push_back(std::move(check));
  }
  return checks;
}

Manifest verify_snapshot(const std::filesystem::path& directory) {
  Manifest manifest = read_manifest(directory);
  check_files(directory, manifest);
  return manifest;
}

}  // namespace omsctl::metadb
