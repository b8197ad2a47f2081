/// A full dump put to the test: restored into scratch databases and compared.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "omsctl/metadb/copy/progress.hpp"
#include "omsctl/metadb/database.hpp"

namespace omsctl::metadb {

/// How one table came out.
struct DrilledTable {
  std::string name;  ///< "oms_cm.host"
  std::uint64_t rows = 0;
  std::string problem{};  ///< empty: its rows are those that were dumped
};

struct Drilled {
  std::vector<DrilledTable> tables;
  std::vector<std::string> notes;  ///< what could not be tried, and why
};

/// What the scratch databases are called: this, and a number.
inline constexpr auto scratch_prefix = "omsctl_drill_";

/// Restores the dump in `directory` into databases of its own on the server, statement by
/// statement, and compares the digest of every table with the manifest's; then drops them, also
/// after a failure. Foreign keys between the dumped databases point into the scratch ones; one that
/// would point at real rows is left out, and named in the notes. `progress` may throw to end it.
/// Throws Error{refused} when a database of such a name exists, Error{storage} when the copy is
/// damaged or no dump, Error{unverified} when a statement of the dump is refused, Error{database}
/// otherwise.
[[nodiscard]] Drilled drill(const Endpoint& endpoint,
                            const std::filesystem::path& directory,
                            const Progress& progress = {});

}  // namespace omsctl::metadb
