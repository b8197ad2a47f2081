/// The MetaDB's copies, changes and lock in words for a person.
#pragma once

#include <optional>
#include <string>

#include "omsctl/cli/output/output.hpp"
#include "omsctl/metadb/copy/snapshot.hpp"

namespace omsctl::cli {

[[nodiscard]] std::string words(const CopyReport& copy);
[[nodiscard]] std::string words(const std::string& part, const metadb::FileCheck& check);
[[nodiscard]] std::string words(const metadb::DrilledTable& table);
[[nodiscard]] std::string words(const metadb::RowChanges& changes);
[[nodiscard]] std::string words(const std::optional<LockReport>& lock);

}  // namespace omsctl::cli
