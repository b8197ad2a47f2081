/// What the commands around the MetaDB begin with: the operator's config.yaml, and a way there.
#pragma once

#include <string>
#include <string_view>

#include "omsctl/cli/options.hpp"
#include "omsctl/cli/output.hpp"
#include "omsctl/metadb/database.hpp"
#include "omsctl/oms/settings.hpp"
#include "omsctl/remote/fleet.hpp"

namespace omsctl::cli {

struct MetadbAccess {
  oms::Settings settings;
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

/// True when the operator typed "yes". Throws Error{usage} where nobody can be asked.
[[nodiscard]] bool asked(const Options& options, Output& output, std::string_view what_this_does);

/// Who types this: through sudo, the one before it.
[[nodiscard]] std::string who_asks();

}  // namespace omsctl::cli
