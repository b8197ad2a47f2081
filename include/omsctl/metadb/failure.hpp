/// What an error number of the server or of the client library means to the operator.
#pragma once

#include <string>
#include <string_view>

namespace omsctl::metadb {

/// Numbers that code decides on.
enum ErrorNumber : unsigned int {
  duplicate_key = 1062,
  no_such_table = 1146,
  no_parent_row_unnamed = 1216,  ///< what a user hears who may not see the parent
  referred_to_unnamed = 1217,
  referred_to = 1451,
  no_parent_row = 1452,
};

/// The connection is gone (or was never there).
[[nodiscard]] bool means_lost(unsigned int number) noexcept;

/// What to do about `number`; empty when there is nothing to say beyond the message.
[[nodiscard]] std::string hint_for(unsigned int number, std::string_view address);

/// The same for a connection that was never made.
[[nodiscard]] std::string connect_hint_for(unsigned int number, std::string_view address);

/// The beginning of `sql`, safe to show: at most sixty characters, and no row values.
[[nodiscard]] std::string first_words(std::string_view sql);

}  // namespace omsctl::metadb
