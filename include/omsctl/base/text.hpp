/// Small text helpers: lines, trimming, sizes and durations for people, and safe display.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace omsctl::base {

/// The lines of `text` without their line ends; a final empty line is left out.
[[nodiscard]] std::vector<std::string> lines_of(std::string_view text);

/// The last `count` lines.
[[nodiscard]] std::vector<std::string> last_lines(std::string_view text, std::size_t count);

[[nodiscard]] std::vector<std::string> split(std::string_view text, char separator);
[[nodiscard]] std::string join(const std::vector<std::string>& parts, std::string_view separator);
[[nodiscard]] std::string_view trim(std::string_view text);

/// Whether `text` is valid UTF-8 (RFC 3629).
[[nodiscard]] bool is_utf8(std::string_view text);

/// `text` made safe for a terminal: control characters, escape sequences and broken UTF-8 become
/// visible `\xNN`; newlines `\n`. What remote programs answer goes through here before it is
/// printed.
[[nodiscard]] std::string printable(std::string_view text);

/// The same for a text of many lines: its newlines and tabs stay.
[[nodiscard]] std::string printable_lines(std::string_view text);

/// The first `bytes` of `text`, no character cut in two, and " …" where that is not all of it.
[[nodiscard]] std::string shortened(std::string_view text, std::size_t bytes);

/// As much of the beginning of `text` as takes at most `columns` on a terminal.
[[nodiscard]] std::string_view fitting(std::string_view text, std::size_t columns);

/// Columns that `text` takes on a terminal (East Asian wide characters count two).
[[nodiscard]] std::size_t display_width(std::string_view text);

/// "1.4 GiB", "12 KiB", "7 B".
[[nodiscard]] std::string human_size(std::uint64_t bytes);

/// "0.4 s", "12 s", "3 min 05 s".
[[nodiscard]] std::string human_duration(std::chrono::milliseconds duration);

/// `host` as it stands before a port, in a URL say: an IPv6 address gets its brackets.
[[nodiscard]] std::string in_url(const std::string& host);

/// "1 node", "3 nodes".
[[nodiscard]] std::string count_of(std::size_t count, std::string_view noun);

}  // namespace omsctl::base
