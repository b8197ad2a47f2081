/// How far a copy is.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace omsctl::metadb {

/// Tells how far a long copy is: rows and bytes so far of `what`.
using Progress =
    std::function<void(std::string_view what, std::uint64_t rows, std::uint64_t bytes)>;

}  // namespace omsctl::metadb
