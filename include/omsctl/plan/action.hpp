/// Everything that a plan can ask for, as values. `describe`, `execute` and the codec each visit
/// this one list.
#pragma once

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

#include "omsctl/metadb/change/changed_ids.hpp"
#include "omsctl/metadb/row_set.hpp"
#include "omsctl/remote/script.hpp"

namespace omsctl::plan {

// ---- Probes: questions with a yes or no; they change nothing.
// -------------------------------------------------------

/// Holds when the calls exit 0 on the host; what they print is the evidence.
struct HostHolds {
  std::string host;
  std::string says;
  remote::Calls calls;
  [[nodiscard]] bool operator==(const HostHolds&) const = default;
};

/// Holds when what `call` prints is a config.yaml equal to the artifact's as parsed values
/// (design §9).
struct ConfigEquals {
  std::string host;
  std::string says;
  remote::Call call;
  std::string artifact;
  [[nodiscard]] bool operator==(const ConfigEquals&) const = default;
};

/// Holds when the MetaDB answers `sql` with exactly these rows, in this order. NULL reads as
/// "NULL".
struct SqlEquals {
  std::string says;
  std::string sql;
  std::vector<std::vector<std::string>> rows;
  [[nodiscard]] bool operator==(const SqlEquals&) const = default;
};

/// Holds when `sql` answers one row (key, value) for each of `keys` and every value has grown since
/// the first look.
struct SqlAdvances {
  std::string says;
  std::string sql;
  std::vector<std::string> keys;
  [[nodiscard]] bool operator==(const SqlAdvances&) const = default;
};

/// Holds when two reads of the rows in a row are equal.
struct RowsStable {
  std::string says;
  std::vector<metadb::RowSet> sets;
  [[nodiscard]] bool operator==(const RowsStable&) const = default;
};

/// Holds when `sql` answers what RecordSql kept under this name, row by row and byte by byte.
struct SqlAsRecorded {
  std::string says;
  std::string sql;
  std::string artifact;
  [[nodiscard]] bool operator==(const SqlAsRecorded&) const = default;
};

/// Holds when config.yaml at `path` is one that the run knows, byte by byte or as parsed values (a
/// container may rewrite it, oms §0.8), or one that the run itself has half written.
struct ConfigKnown {
  std::string host;
  std::string says;
  std::string path;
  std::string copy;                    ///< the old one's copy beside it, put there by the run
  std::vector<std::string> artifacts;  ///< the old and the new one
  [[nodiscard]] bool operator==(const ConfigKnown&) const = default;
};

using Probe = std::variant<HostHolds,
                           ConfigEquals,
                           ConfigKnown,
                           SqlEquals,
                           SqlAdvances,
                           RowsStable,
                           SqlAsRecorded>;

// ---- Actions
// ---------------------------------------------------------------------------------------------------------

/// Makes the calls on the host as root; they must exit 0.
struct Command {
  std::string host;
  std::string says;
  remote::Calls calls;
  int deadline = 60;         ///< seconds
  bool may_be_lost = false;  ///< a connection lost after hand-over is no failure: the next action
                             ///< finds out whether it ran
  bool repeatable = false;   ///< running it twice is as good as once: sent again when it was lost
  [[nodiscard]] bool operator==(const Command&) const = default;
};

/// Makes a call and keeps what it prints as an artifact. An artifact that exists is kept: it was
/// taken when it could still be had.
struct Capture {
  std::string host;
  std::string says;
  remote::Call call;
  std::string artifact;
  int deadline = 60;  ///< seconds
  [[nodiscard]] bool operator==(const Capture&) const = default;
};

/// Creates a file on the host from an artifact, through stdin, fsynced, compared by digest.
struct PutFile {
  std::string host;
  std::string path;
  std::string artifact;
  std::string mode = "0600";  ///< octal
  std::string sha256;
  [[nodiscard]] bool operator==(const PutFile&) const = default;
};

/// Copies a large file of this machine to the host, 0600, through stdin, telling how far it is;
/// compared by digest. What does not arrive whole is not left there.
struct SendFile {
  std::string host;
  std::string path;    ///< on the host; what is there under this name is replaced
  std::string source;  ///< on this machine
  std::string sha256;
  std::size_t size = 0;  ///< bytes
  [[nodiscard]] bool operator==(const SendFile&) const = default;
};

/// Streams an image from a host that has it.
struct ShipImage {
  std::string host;
  std::string image;          ///< reference, as `docker run` will name it
  std::string from;           ///< host that has it
  std::string layers_sha256;  ///< digest of the image's layers: what must be there afterwards
  std::size_t size = 0;       ///< bytes, for the progress
  [[nodiscard]] bool operator==(const ShipImage&) const = default;
};

/// Keeps what the MetaDB answers `sql` as an artifact. One that exists is kept, as Capture does.
struct RecordSql {
  std::string says;
  std::string sql;
  std::string artifact;
  [[nodiscard]] bool operator==(const RecordSql&) const = default;
};

/// Dumps whole databases into a directory of the run, read back and compared.
struct DumpDatabases {
  std::vector<std::string> databases;
  std::string directory;
  [[nodiscard]] bool operator==(const DumpDatabases&) const = default;
};

/// Saves rows into a directory of the run, read back and compared.
struct SnapshotRows {
  std::vector<metadb::RowSet> sets;
  std::string directory;
  [[nodiscard]] bool operator==(const SnapshotRows&) const = default;
};

/// Deletes the rows of a snapshot of the run as DeleteRows will, and rolls back.
struct RehearseDelete {
  std::string directory;
  std::vector<metadb::RowSet> sets;  ///< for the plan's text; what counts is the snapshot
  [[nodiscard]] bool operator==(const RehearseDelete&) const = default;
};

/// Deletes exactly the rows of a snapshot of the run, in one transaction.
struct DeleteRows {
  std::string directory;
  std::vector<metadb::RowSet> sets;  ///< the region's own
  /// Rows elsewhere that follow them by foreign keys, as they were when the plan was made; nothing
  /// is deleted when they are others by now.
  std::vector<metadb::RowSet> followers;
  [[nodiscard]] bool operator==(const DeleteRows&) const = default;
};

/// Puts the rows of a snapshot of the run back.
struct RestoreRows {
  std::string directory;
  /// Rows of these that the snapshot does not have go: in place of the snapshot's own sets of the
  /// same tables, which name rows by ids that the run may have changed.
  std::vector<metadb::RowSet> sets{};
  bool rehearse = false;  ///< done in a transaction and rolled back
  [[nodiscard]] bool operator==(const RestoreRows&) const = default;
};

/// Puts the old config.yaml back in place, when the one that is there is a known one.
struct RestoreConfig {
  ConfigKnown known;
  std::string container;
  std::string artifact;  ///< the old one
  [[nodiscard]] bool operator==(const RestoreConfig&) const = default;
};

/// Drops the heartbeat database that a run's docker_init.sh has made, when no other host than these
/// has written to it. Otherwise fails, and the statement is for a person.
struct DropHeartbeats {
  std::string database;
  std::vector<std::string> nodes;
  [[nodiscard]] bool operator==(const DropHeartbeats&) const = default;
};

/// Tells how many rows a run leaves behind that nothing takes back. `sql` answers one number.
struct TellLeftovers {
  std::string says;  ///< "rows of 10.0.0.2 in oms_cm_heartbeat.heart_beat"
  std::string sql;
  std::string by_hand;  ///< the statement that would remove them
  [[nodiscard]] bool operator==(const TellLeftovers&) const = default;
};

/// Takes up room on disk now for what the outage will have to write: a full disk is found while
/// everything still runs. The room is twice what `like` takes, and 8 MiB.
struct ReserveRoom {
  std::string host;  ///< empty: this machine, in the run's directory
  std::string path;  ///< a file on the host
  std::string like;  ///< a directory of the run
  [[nodiscard]] bool operator==(const ReserveRoom&) const = default;
};

/// Copies parts of the run's directory to a host as one tar file, for the day when this machine is
/// lost; written into the room that was reserved under that name, fsynced, compared by digest.
struct CopyRun {
  std::string host;
  std::string path;                ///< a file on the host; its directory is made, 0700
  std::vector<std::string> parts;  ///< names within the run's directory
  [[nodiscard]] bool operator==(const CopyRun&) const = default;
};

/// Tells which ids are others now than in a snapshot of the run, and who still holds the old ones.
/// Never fails the run: what it tells is for people.
struct TellChangedIds {
  std::string directory;
  std::vector<metadb::NamedIds> tables;
  std::vector<std::string> databases;
  [[nodiscard]] bool operator==(const TellChangedIds&) const = default;
};

/// Starts exactly the programs that an artifact (a `supervisorctl status`) shows RUNNING.
struct StartPrograms {
  std::string host;
  std::string container;
  std::string artifact;
  std::string room;  ///< a file on the host that takes up room for just this: given up first
  [[nodiscard]] bool operator==(const StartPrograms&) const = default;
};

/// Follows a docker_init.sh job to its end and judges it.
struct AwaitJob {
  std::string host;
  std::string container;
  std::string on_host;  ///< the job's directory
  std::string in_container;
  std::string logs;    ///< the host's logs directory, named when it fails
  int deadline = 900;  ///< seconds
  [[nodiscard]] bool operator==(const AwaitJob&) const = default;
};

/// Asks a probe until it holds.
struct Await {
  Probe probe;
  int deadline = 60;  ///< seconds
  [[nodiscard]] bool operator==(const Await&) const = default;
};

using Action = std::variant<Command,
                            Capture,
                            PutFile,
                            SendFile,
                            ShipImage,
                            RecordSql,
                            DumpDatabases,
                            SnapshotRows,
                            RehearseDelete,
                            DeleteRows,
                            RestoreRows,
                            RestoreConfig,
                            DropHeartbeats,
                            TellLeftovers,
                            ReserveRoom,
                            CopyRun,
                            TellChangedIds,
                            StartPrograms,
                            AwaitJob,
                            Await>;

/// Picks the right function of several for std::visit.
template <typename... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};
template <typename... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

}  // namespace omsctl::plan
