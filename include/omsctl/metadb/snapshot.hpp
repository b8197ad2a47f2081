/// Rows saved exactly, read back and compared before one of them is deleted; and put back.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "omsctl/metadb/database.hpp"

namespace omsctl::metadb {

/// Some rows of one table. `where` is SQL built with quote_name and quote_text; "1" means all rows.
struct RowSet {
  std::string database;
  std::string table;
  std::string where = "1";
  /// Set: the rows stay. Deleting the rows they refer to empties these columns (ON DELETE SET
  /// NULL), and these alone come back.
  std::vector<std::string> emptied{};
  [[nodiscard]] bool operator==(const RowSet&) const = default;
};

/// How many rows, and a digest of them that does not depend on the order in which they come.
struct RowDigest {
  std::uint64_t count = 0;
  std::string sha256;
  [[nodiscard]] bool operator==(const RowDigest&) const = default;
};

/// One table in a snapshot.
struct SavedRows {
  RowSet rows;
  RowDigest digest;
  std::string schema_file;  ///< name within the snapshot's directory
  std::string rows_file;
};

/// manifest.json of a snapshot or a full dump: what is in it and what is not.
struct Manifest {
  int format = 2;
  std::string taken;  ///< UTC
  std::string server_version;
  std::string time_zone;          ///< the server's
  std::vector<SavedRows> tables;  ///< parents before children (foreign keys among them)
  std::map<std::string, std::string>
      files;  ///< name → SHA-256 of each file, as it lies on the disk
  std::map<std::string, std::string> databases;  ///< of a full dump: file → whose it is
  std::vector<std::string> left_out;             ///< e.g. "routines of oms_rm"
};
void to_json(nlohmann::json& json, const Manifest& manifest);
void from_json(const nlohmann::json& json, Manifest& manifest);

/// Tells how far a long copy is: rows and bytes so far of `what`.
using Progress =
    std::function<void(std::string_view what, std::uint64_t rows, std::uint64_t bytes)>;

/// Digest of the rows as they are now, within the session's current transaction or without one.
[[nodiscard]] RowDigest digest_rows(Database& database, const RowSet& rows);

/// Saves the rows of all `sets` in one consistent read under `directory` (created, 0700; files
/// 0600): NN-<table>.schema.sql and NN-<table>.rows.sql, which the stock mysql client loads into an
/// empty schema, all fsynced; then parses the files again and compares with the rows on the same
/// connection; manifest.json comes last, so a directory that has one is a copy that was verified,
/// and is never written over; one without is what a killed run left, and is begun anew. Throws
/// Error{database}, or Error{storage} when the copy differs or cannot be written.
Manifest take_snapshot(Database& database,
                       const std::vector<RowSet>& sets,
                       const std::filesystem::path& directory,
                       const Progress& progress = {});

/// Reads manifest.json, which holds a digest of itself, and checks every file against it,
/// re-parsing rows. Throws Error{storage} naming the file.
[[nodiscard]] Manifest verify_snapshot(const std::filesystem::path& directory);

/// One file of a copy, read again.
struct FileCheck {
  std::string file;
  std::uint64_t bytes = 0;  ///< on the disk
  std::uint64_t rows = 0;   ///< that it must hold
  std::string problem{};    ///< empty: they are what was saved
};

/// The same as verify_snapshot(), file by file and to the end, whatever is damaged. Throws
/// Error{storage} when there is no manifest that can be relied on.
[[nodiscard]] std::vector<FileCheck> check_copy(const std::filesystem::path& directory);

/// What manifest.json says; no other file is read. Throws Error{storage}.
[[nodiscard]] Manifest read_manifest(const std::filesystem::path& directory);

/// Deletes the rows of the snapshot's scopes as delete_rows() will, and rolls back: what the server
/// refuses (a trigger, a foreign key) is found while OMS runs. Rows are locked for that moment;
/// what a trigger does outside of transactions happens. Throws Error{database} or Error{stopped}.
void rehearse_delete(Database& database, const Manifest& manifest);

/// Deletes exactly the rows of the verified snapshot in one READ COMMITTED transaction: `guard`
/// first (the lease's conditional update), then the rows locked, their digests compared with the
/// manifest, then deleted children first, counts compared, `guard` may throw to stop. Rows of sets
/// with `emptied` columns are locked and compared too, and left to the server to empty. No file is
/// touched inside. Throws Error{stopped} when rows have changed since the snapshot, or when others
/// than the saved ones would follow (nothing is deleted then). `before_commit` is called right
/// before COMMIT is sent: whatever fails earlier has deleted nothing.
void delete_rows(Database& database,
                 const Manifest& manifest,
                 const std::function<void(Database&)>& guard,
                 const std::function<void()>& before_commit = {});

/// Puts the snapshot's rows back in one READ COMMITTED transaction, `guard` first: rows of the
/// scopes are locked; those that are as they were saved are left alone, strangers deleted (children
/// first), missing ones inserted with their ids and changed ones updated by their key (parents
/// first); then all are compared before the commit, and what a trigger changed is set right once. A
/// table without a key that differs is emptied and filled. `emptied` columns are set as they were
/// in the rows that are still there, whose other columns are left alone; AUTO_INCREMENT is raised
/// afterwards where it is lower than before. Throws Error{stopped} when rows that are not in the
/// snapshot would follow a deleted one, or Error{database}; then nothing was changed, except when
/// it says "the rows are restored and committed" and only AUTO_INCREMENT is not. `sets` take the
/// place of the snapshot's own scopes of the same tables.
void restore_rows(Database& database,
                  const std::filesystem::path& directory,
                  const std::function<void(Database&)>& guard,
                  const std::vector<RowSet>& sets = {});

/// Does what restore_rows() would do, and rolls back: what the server refuses, or what would take
/// rows along that are in no copy, is found while OMS runs. Rows are locked for that moment.
void rehearse_restore(Database& database,
                      const std::filesystem::path& directory,
                      const std::vector<RowSet>& sets);

/// Dumps whole databases in one consistent snapshot (REPEATABLE READ, set explicitly) into
/// `directory`, one <database>.sql.zst each plus manifest.json, which carries a digest streamed
/// inside that snapshot; begins anew in what a killed run left; then decompresses and parses each
/// file again and compares. Of heatbeat_sequence only the schema and the newest row (it is
/// unbounded). Constant memory. What is not in it (routines, events) is named in left_out.
Manifest dump_databases(Database& database,
                        const std::vector<std::string>& databases,
                        const std::filesystem::path& directory,
                        const Progress& progress = {});

}  // namespace omsctl::metadb
