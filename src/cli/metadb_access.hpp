/// What the commands around the MetaDB begin with: the operator's config.yaml, and a way there.
#pragma once

#include <string>
#include <vector>

#include "omsctl/cli/options.hpp"
#include "omsctl/cli/output/output.hpp"
#include "omsctl/config/settings.hpp"
#include "omsctl/metadb/database.hpp"
#include "omsctl/remote/fleet.hpp"

namespace omsctl::cli {

struct MetadbAccess {
  config::Settings settings;
  std::string via;  ///< "" directly, else the host it is reached through
  metadb::Endpoint endpoint;
  std::string deployment;  ///< "host:port/rm_db"
  std::string region;      ///< cm_location

  [[nodiscard]] metadb::Database connect() const { return metadb::Database::connect(endpoint); }
};

/// Reads config.yaml and finds the way (--metadb-via). Throws Error{config} or Error{database}.
[[nodiscard]] MetadbAccess reach_metadb(const Options& options,
                                        Output& output,
                                        remote::Fleet& fleet);

struct Way {
  std::string via;  ///< "" directly, else through this host
  metadb::Endpoint endpoint;
};

/// The first of `ways` ("" or a host) by which the MetaDB answers. Throws what the first one met.
[[nodiscard]] Way first_way(const config::Settings& settings,
                            const std::string& ca_file,
                            const std::vector<std::string>& ways,
                            remote::Fleet& fleet);

}  // namespace omsctl::cli
