/// What is true now, as values: everything that checks and runbooks decide on. Nothing in here
/// changes anything.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "omsctl/config/settings.hpp"
#include "omsctl/config/values.hpp"
#include "omsctl/docker/container.hpp"
#include "omsctl/docker/image.hpp"
#include "omsctl/docker/image_archive.hpp"
#include "omsctl/metadb/change/dependents.hpp"
#include "omsctl/metadb/lease/lease.hpp"
#include "omsctl/metadb/row_set.hpp"
#include "omsctl/oms/container.hpp"
#include "omsctl/oms/programs.hpp"
#include "omsctl/oms/scope.hpp"
#include "omsctl/oms/tables.hpp"
#include "omsctl/remote/host.hpp"

namespace omsctl::facts {

/// What the facts are for.
enum class Goal {
  more_nodes,  ///< new nodes join a region that runs
  new_region,  ///< a further region joins the deployment
};

/// What the operator said on the command line; empty means "find out".
struct Choices {
  Goal goal = Goal::more_nodes;
  std::string config_file;
  std::string state_dir;  ///< where the run's directory will be
  std::string from;       ///< the initial node, when it should not be found out
  std::string container;
  std::string image;
  std::string image_archive;
  std::string config_path;
  std::string logs_dir;
  std::string store_dir;
  std::string run_dir;
  std::string https_crt;
  std::string https_key;
  std::string metadb_via = "auto";  ///< auto, direct or a host
  std::string metadb_ca;
  bool backup_full = true;
  bool init_new_nodes = true;
  int init_timeout = 900;  ///< seconds
  oms::OutsideRows outside_rows = oms::OutsideRows::refuse;
  std::string location_column;
  bool reload_existing = false;
  std::size_t parallel = 8;  ///< hosts at a time, but for the outage
};

/// A path on a host.
struct PathFacts {
  enum class Kind { absent, file, directory, other } kind = Kind::absent;
  std::string mode;                           ///< octal
  std::string owner;                          ///< uid:gid
  bool empty = true;                          ///< a directory without entries
  std::optional<std::uint64_t> free_bytes{};  ///< of the file system that holds it (or its nearest
                                              ///< parent); nothing when that could not be told
  std::string nearest{};  ///< the path itself, or its nearest ancestor that exists
};

/// What a healthy node answers, so that no more is asked of it afterwards (design §9,
/// "Calibrated").
struct HealthFacts {
  bool answers = false;      ///< /oms/health says healthy
  std::string cm_status;     ///< HTTP status of the node's own CM port, "000" for none
  std::string nginx_status;  ///< and of its nginx port
  bool marker = false;       ///< /root/init_flag.txt
  bool self_initialising =
      false;  ///< `docker logs` end with the line of images that initialise themselves
};

/// The VIP as one node sees it.
struct VipFacts {
  int cm_good = 0;     ///< answers of 20 equal to the node's own CM port's
  int nginx_good = 0;  ///< likewise for nginx
  std::string sample;  ///< an answer that differs
};

/// One host of cm_nodes, or one that already belongs to the region.
struct NodeFacts {
  std::string address;
  remote::Connection connection;
  bool existing =
      false;  ///< runs OMS in this region already, by the MetaDB or by an existing node's cm_nodes
  bool elsewhere = false;  ///< runs OMS in another region: the initial node of a new one

  // First round: the same questions for every host.
  std::string hostname;
  std::vector<std::string> own_addresses;
  std::string clock;           ///< seconds since the epoch, UTC
  double clock_skew = 0;       ///< seconds ahead of this machine
  std::string docker_version;  ///< empty: see docker_problem
  std::string docker_problem;  ///< "" | "missing" | what docker said
  std::vector<docker::Container> containers;
  std::vector<docker::Image> images;
  std::set<int> listening;                    ///< TCP ports
  std::vector<std::string> missing_commands;  ///< of those that the scripts need

  // Second round: what depends on the initial node's answers.
  std::map<std::string, PathFacts> paths;
  std::string config_text;       ///< of an existing node, through its container
  std::string config_problem{};  ///< why it could not be read
  std::string config_on_host;    ///< the same file on the host's side of the mount
  std::vector<oms::Program> programs;
  std::string programs_problem{};  ///< what was answered when supervisor did not
  HealthFacts health;
  bool init_script = true;  ///< an existing node: its container has /root/docker_init.sh
  std::optional<VipFacts> vip;
  std::map<std::string, std::string> reaches;  ///< what → "" when it answers, else why not
  std::string tsdb_status;  ///< HTTP status of the time-series database, "000" for none
  base::Secret https_crt;   ///< certificate and key: those that its container mounts, or that lie
  base::Secret https_key;   ///< there for a container to come; empty when it has none

  [[nodiscard]] bool runs_oms() const { return existing || elsewhere; }
  /// The OMS container of this node: the named one, else the only one.
  [[nodiscard]] const docker::Container* oms_container(const std::string& name) const;
};

/// One of the four tables as the server describes it.
struct TableFacts {
  std::string database;
  std::string table;
  bool exists = false;
  std::string engine;
  std::vector<std::string> columns;
  std::vector<std::string>
      missing_columns;  ///< columns that OMS is known to have there and that are not
  std::vector<std::string> missing_privileges;  ///< "DELETE", …
  std::vector<std::string> triggers;            ///< "name (AFTER DELETE)"
};

/// The database that is to be the target's drc_cm_heartbeat_db, as far as somebody uses it already.
struct HeartbeatFacts {
  std::vector<std::string> tables;       ///< it has these
  std::vector<std::string> host_ips;     ///< its heart_beat rows are of these
  std::vector<std::string> look_alikes;  ///< databases whose names differ in case only
  bool may_create = true;                ///< this user may create it
};

struct MetadbFacts {
  bool reachable = false;
  std::string problem;  ///< why not
  std::string hint;
  std::string via;  ///< "" directly, else the host it is reached through
  std::string version;
  std::string time_zone;
  std::set<std::string> databases;  ///< of the target's three, those that exist
  std::vector<TableFacts> tables;
  metadb::Dependents dependents;         ///< on the region's rows; empty when none is deleted
  std::vector<std::string> events;       ///< of the schemas, that name one of the tables
  std::vector<std::string> blind_spots;  ///< "TRIGGER on oms_cm": what this user cannot see
  bool may_create = true;                ///< the lease's table in the rm database
  oms::TablesView view;
  HeartbeatFacts heartbeat;  ///< asked for a new region only
  bool ha_enabled = false;
  std::uint64_t active_projects = 0;
  std::optional<metadb::LeaseRecord> lease;

  [[nodiscard]] const TableFacts* table(const std::string& name) const;
};

/// A directory that exists, and what its file system has left.
struct Room {
  std::string directory;
  std::optional<std::uint64_t> free_bytes;
};

struct Facts {
  Choices choices;
  config::Settings target;
  std::string target_text;
  config::Values target_values;
  std::vector<NodeFacts>
      nodes;  ///< cm_nodes in their order, then existing nodes that are not in it
  MetadbFacts metadb;
  std::string initial;                   ///< address of the initial node; empty when there is none
  std::vector<std::string> passed_over;  ///< "h1: unreachable": why others are not the initial node
  config::Values deployed_values;        ///< the initial node's config.yaml
  std::optional<config::Settings> deployed;
  std::optional<oms::NodePaths> paths;  ///< of the initial node, the operator's choices applied
  std::optional<docker::Image> image;   ///< of the initial node's container
  std::optional<docker::ImageArchive> archive;    ///< the operator's, when there is such a file
  std::optional<std::uint64_t> state_free_bytes;  ///< on this machine's disk, where the run is kept

  [[nodiscard]] oms::Databases databases() const;
  [[nodiscard]] const NodeFacts* node(const std::string& address) const;
  [[nodiscard]] const NodeFacts* initial_node() const { return node(initial); }
  [[nodiscard]] const docker::Container* initial_container() const;
  [[nodiscard]] std::vector<std::string> existing() const;
  [[nodiscard]] std::vector<std::string> added() const;  ///< nodes of cm_nodes that join
  [[nodiscard]] std::string container_name() const;
  /// The container's name and the host's paths: of an existing node as its own container says, of a
  /// new one as on the initial node, or as the operator chose. Only where there is an initial
  /// container with all its mounts.
  [[nodiscard]] std::string container_on(const std::string& address) const;
  [[nodiscard]] oms::NodePaths paths_on(const std::string& address) const;
  /// The rows that the region owns in the four tables, by the operator's choices.
  [[nodiscard]] oms::Scope region_scope() const;
  /// What is saved of the region: its rows, parents before children, then those that follow them by
  /// foreign keys.
  [[nodiscard]] std::vector<metadb::RowSet> saved_rows() const;
  /// The region that owns `address` by its row in `host`; nothing when no row or no region does.
  [[nodiscard]] const oms::RegionRow* region_of(const std::string& address) const;
  /// Whether cluster_info has the target's region: its code, cm_region and cm_url.
  [[nodiscard]] bool region_stands() const;
  /// Hosts of other regions that cm_nodes does not name, those of the default region first: one of
  /// them is what the nodes of a new region are made like. A region that only has the target's
  /// cm_location is another one.
  [[nodiscard]] std::vector<std::string> hosts_elsewhere() const;
  /// Whether the config.yaml of `node` already says what the target says.
  [[nodiscard]] bool has_target_config(const NodeFacts& node) const;
  /// host_status of a node that is well, in this deployment's own spelling.
  [[nodiscard]] std::string online_status() const;
  /// How `docker run` names the image on new nodes, and whether `node` has the initial node's image
  /// under that name. Only where `image` is known.
  [[nodiscard]] std::string image_reference() const;
  [[nodiscard]] bool has_image(const NodeFacts& node) const;
  /// Where the image archive may lie on a new node until it is loaded: on the roomiest of the file
  /// systems that will hold its logs, store and run directories.
  [[nodiscard]] Room room_for_archive(const NodeFacts& node) const;
  /// Whether the nodes of a new region have certificate and key of their own, where the operator
  /// says; else new nodes get a copy of the initial node's, when it has them.
  [[nodiscard]] bool brings_certificate() const;
  /// Whether the deployment's cm_url is already the target's: no service stops then.
  [[nodiscard]] bool keeps_cm_url() const;
};

}  // namespace omsctl::facts
