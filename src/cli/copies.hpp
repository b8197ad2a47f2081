/// The safety copies of the MetaDB below the state directory: those of `metadb backup`, those that
/// `metadb restore` made of what it overwrote, and those of runs.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "omsctl/cli/output/output.hpp"

namespace omsctl::cli {

struct Copy {
  struct Part {
    std::string name;  ///< "full", "rows"
    std::filesystem::path directory;
  };
  CopyReport report;
  std::vector<Part> parts;
  bool of_all_regions = false;  ///< rows beyond its own region's: a run that added one

  [[nodiscard]] const Part* part(std::string_view name) const;
};

[[nodiscard]] std::filesystem::path backups_in(const std::filesystem::path& state);

/// All of them, oldest first. None is read beyond its manifest.
[[nodiscard]] std::vector<Copy> list_copies(const std::filesystem::path& state);

/// The one that `id` names: whole, by its beginning, or "last" (the newest finished `metadb
/// backup`). Throws Error{usage} when there is none, or when several fit.
[[nodiscard]] Copy find_copy(const std::filesystem::path& state, const std::string& id);

}  // namespace omsctl::cli
