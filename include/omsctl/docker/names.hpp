/// Which words may stand for a container, an image, a path or a program in what omsctl runs: the
/// rest is refused by name before anything is changed.
#pragma once

#include <string>
#include <string_view>

namespace omsctl::docker {

/// Docker's own rule: [a-zA-Z0-9][a-zA-Z0-9_.-]*.
[[nodiscard]] bool is_container_name(std::string_view name);

/// A reference or an id, as far as it matters here: letters, digits and ._-/:@, not beginning with
/// one of these.
[[nodiscard]] bool is_image_reference(std::string_view reference);

/// Why `path` cannot be a path on a host; empty when it can. It must be absolute, UTF-8 without
/// control characters, and written as Docker itself writes it (no "..", "//" or final "/"), since
/// it is compared with what `docker inspect` says. U+FFFD is what Docker makes of bytes that are no
/// UTF-8: the real path is another one.
[[nodiscard]] std::string path_problem(std::string_view path);

/// Whether `text` can stand in a plan as it is: UTF-8 without control characters.
[[nodiscard]] bool is_plain_text(std::string_view text);

}  // namespace omsctl::docker
