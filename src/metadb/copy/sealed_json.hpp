/// A JSON file that holds a digest of its own content.
#pragma once

#include <filesystem>

#include <nlohmann/json.hpp>

namespace omsctl::metadb {

/// Written atomically and fsynced, mode 0600, with the key `sha256_of_this` over all the others.
void write_sealed(const std::filesystem::path& path, nlohmann::json json);

/// Without that key. Throws Error{storage} when the file is missing, no JSON object of texts and
/// whole numbers, or not as it was written.
[[nodiscard]] nlohmann::json read_sealed(const std::filesystem::path& path);

/// Throws Error{storage}: the file at `path` cannot be relied on, and why.
[[noreturn]] void unusable(const std::filesystem::path& path, const std::string& why);

}  // namespace omsctl::metadb
