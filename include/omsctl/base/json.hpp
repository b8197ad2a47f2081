/// JSON that was written elsewhere: files that may be damaged, what hosts answer.
#pragma once

#include <optional>
#include <string_view>

#include <nlohmann/json.hpp>

namespace omsctl::base {

/// Whether `text` nests lists and objects deeper than anything that omsctl reads does. To copy, to
/// compare and to print such a value recurses, and a stack ends.
[[nodiscard]] bool is_deep_json(std::string_view text);

/// The value in `text`. Throws nlohmann::json::exception when there is none, or a deep one.
[[nodiscard]] nlohmann::json parse_json(std::string_view text);

/// The same for what has whole numbers only: what becomes of another one in an integer is not
/// defined.
[[nodiscard]] nlohmann::json parse_whole_json(std::string_view text);

/// The same as parse_json(), or nothing.
[[nodiscard]] std::optional<nlohmann::json> try_json(std::string_view text);

/// Whether `read`, which is what was made of `document` and written again, says all that `document`
/// says: no number was cut to fit, no word taken for another, no key overlooked. What `document`
/// leaves out may have its default in `read`.
[[nodiscard]] bool says_the_same(const nlohmann::json& document, const nlohmann::json& read);

}  // namespace omsctl::base
