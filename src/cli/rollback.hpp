/// The way back of a run, as a command and at once after a failure. Private to this room.
#pragma once

#include <set>
#include <stop_token>
#include <string>

#include "omsctl/cli/options.hpp"
#include "omsctl/cli/output/output.hpp"
#include "omsctl/plan/plan.hpp"
#include "omsctl/run/executor.hpp"
#include "omsctl/run/store/standing.hpp"

namespace omsctl::cli {

/// The command; returns the exit code.
int rollback(const Options& options, Output& output);

/// The way back of `plan` over what was begun; one that has begun already goes on as it was.
[[nodiscard]] plan::Plan way_back_of(const plan::Plan& plan,
                                     std::set<std::string> begun,
                                     const run::RunDirectory& directory);

/// Goes back from where `evidence` shows the run, and tells how it ended; returns the exit code.
int go_back(const plan::Plan& back,
            run::Workbench& bench,
            run::Evidence evidence,
            Output& output,
            const std::stop_token& stop);

}  // namespace omsctl::cli
