/// plan.json and rollback.json, read with the file's name in every refusal. Private to this room.
#pragma once

#include <filesystem>

#include "omsctl/plan/codec.hpp"

namespace omsctl::cli {

/// Throws Error{storage}, which names the file.
[[nodiscard]] plan::Plan read_plan(const std::filesystem::path& file);

/// What a plan of any format says of itself. Throws Error{storage}, which names the file.
[[nodiscard]] plan::Head read_plan_head(const std::filesystem::path& file);

}  // namespace omsctl::cli
