/// A run that is on disk, as resume and rollback take it up. Private to this room.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "omsctl/cli/options.hpp"
#include "omsctl/cli/output/output.hpp"
#include "omsctl/facts/facts.hpp"
#include "omsctl/metadb/database.hpp"
#include "omsctl/run/store/saved_run.hpp"

namespace omsctl::cli {

/// The run that the command line names, fetched before with --from, and locked. Why `way` is not
/// open is thrown; nothing where nothing is left to do, which has been told then.
[[nodiscard]] std::optional<run::SavedRun> open_for(run::Way way,
                                                    const Options& options,
                                                    Output& output);

/// The way to the MetaDB: as the run had it, else directly or through a node. Throws
/// Error{database}.
[[nodiscard]] metadb::Endpoint reach_metadb(const run::SavedRun& saved,
                                            const Options& options,
                                            remote::Fleet& fleet);

/// The run's own claim, for `command`.
[[nodiscard]] std::unique_ptr<metadb::Lease> take_over(const run::SavedRun& saved,
                                                       const std::string& command,
                                                       const metadb::Endpoint& endpoint,
                                                       const Options& options,
                                                       Output& output,
                                                       const std::stop_token& stop = {});

/// What the plan was made for must still be so: throws Error{stale} or Error{refused} otherwise.
void require_fresh(const run::SavedRun& saved,
                   const Options& options,
                   remote::Fleet& fleet,
                   Output& output,
                   const std::stop_token& stop);

}  // namespace omsctl::cli
