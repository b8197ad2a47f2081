/// plan.json and rollback.json, read with the file's name in every refusal. Private to this room.
#pragma once

#include <filesystem>

#include "omsctl/plan/plan.hpp"

namespace omsctl::cli {

/// Throws Error{storage}, which names the file.
[[nodiscard]] plan::Plan read_plan(const std::filesystem::path& file);

}  // namespace omsctl::cli
