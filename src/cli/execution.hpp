/// What every command does that changes a deployment. Private to this room.
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "omsctl/cli/options.hpp"
#include "omsctl/cli/output/output.hpp"
#include "omsctl/metadb/lease/lease.hpp"
#include "omsctl/plan/plan.hpp"
#include "omsctl/run/executor.hpp"
#include "omsctl/run/store/directory.hpp"

namespace omsctl::cli {

/// True when the operator typed "yes". Throws Error{usage} where nobody can be asked, and
/// Error{interrupted} at once when a stop is requested instead of an answer.
[[nodiscard]] bool asked(const Options& options,
                         Output& output,
                         std::string_view what_this_does,
                         const std::stop_token& stop);

/// Who types this: through sudo, the one before it.
[[nodiscard]] std::string who_asks();

/// Asked about a plan; when the answer is no, that is told as the result.
[[nodiscard]] bool confirmed(const Options& options, Output& output, const std::stop_token& stop);

/// Who asks for the lease.
[[nodiscard]] metadb::Claim claim_of(const std::string& run, const std::string& command);

/// "h1:/var/lib/omsctl/copies/RUN", where the plan puts it; empty when there is none.
[[nodiscard]] std::string second_copy_of(const plan::Plan& plan);

[[nodiscard]] int exit_code_of(const run::Outcome& outcome);

}  // namespace omsctl::cli
