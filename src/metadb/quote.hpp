/// How bytes become SQL literals.
#pragma once

#include <string>
#include <string_view>

namespace omsctl::metadb {

/// 0x41… in upper case. Of no bytes it is "0x", which is not SQL: callers write '' then.
[[nodiscard]] std::string hex_literal(std::string_view bytes);

}  // namespace omsctl::metadb
