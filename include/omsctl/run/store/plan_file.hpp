/// plan.json and rollback.json, read with the file's name in every refusal.
#pragma once

#include <filesystem>

#include "omsctl/plan/plan.hpp"

namespace omsctl::run {

/// Throws Error{storage}, which names the file.
[[nodiscard]] plan::Plan read_plan(const std::filesystem::path& file);

}  // namespace omsctl::run
