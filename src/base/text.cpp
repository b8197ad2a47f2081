#include "omsctl/base/text.hpp"

#include <array>

#include <fmt/format.h>

namespace omsctl::base {
namespace {

/// Length in bytes of the valid UTF-8 sequence at the start of `text`; 0 when there is none.
/// Overlong forms, surrogates and code points above U+10FFFF are not valid (RFC 3629).
std::size_t utf8_length(std::string_view text, char32_t& point) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  std::size_t length = 0;
  char32_t least = 0;
  if (first < 0x80) {
    point = first;
    return 1;
  }
  if (first >= 0xC2 && first <= 0xDF) {
    length = 2;
    least = 0x80;
    point = first & 0x1FU;
  } else if (first >= 0xE0 && first <= 0xEF) {
    length = 3;
    least = 0x800;
    point = first & 0x0FU;
  } else if (first >= 0xF0 && first <= 0xF4) {
    length = 4;
    least = 0x10000;
    point = first & 0x07U;
  } else {
    return 0;
  }
  if (text.size() < length)
    return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U)
      return 0;
    point = (point << 6U) | (byte(i) & 0x3FU);
  }
  const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
  return point < least || point > 0x10FFFF || surrogate ? 0 : length;
}

/// C0, DEL, C1 and the bidirectional and invisible format characters, which can reorder or hide a
/// line.
bool is_unsafe(char32_t point) {
  return point < 0x20 || (point >= 0x7F && point <= 0x9F) || point == 0xAD || point == 0x61C ||
         point == 0x180E || (point >= 0x200B && point <= 0x200F) ||
         (point >= 0x2028 && point <= 0x202E) || (point >= 0x2060 && point <= 0x206F) ||
         point == 0xFEFF || (point >= 0xFFF9 && point <= 0xFFFB) ||
         (point >= 0xE0000 && point <= 0xE007F);
}

bool is_wide(char32_t point) {
  return (point >= 0x1100 && point <= 0x115F) || (point >= 0x2E80 && point <= 0xA4CF) ||
         (point >= 0xAC00 && point <= 0xD7A3) || (point >= 0xF900 && point <= 0xFAFF) ||
         (point >= 0xFE30 && point <= 0xFE6F) || (point >= 0xFF00 && point <= 0xFF60) ||
         (point >= 0xFFE0 && point <= 0xFFE6) || (point >= 0x1F300 && point <= 0x1FAFF) ||
         (point >= 0x20000 && point <= 0x3FFFD);
}

}  // namespace

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (;;) {
    const std::size_t end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos)
      return parts;
    text.remove_prefix(end + 1);
  }
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines = split(text, '\n');
  if (lines.back().empty())
    lines.pop_back();
  for (std::string& line : lines)
    if (line.ends_with('\r'))
      line.pop_back();
  return lines;
}

std::vector<std::string> last_lines(std::string_view text, std::size_t count) {
  std::vector<std::string> lines = lines_of(text);
  if (lines.size() > count)
    lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(count));
  return lines;
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  return fmt::format("{}", fmt::join(parts, separator));
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos)
    return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    char32_t point = 0;
    const std::size_t length = utf8_length(text, point);
    if (length == 0)
      return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string printable(std::string_view text) {
  std::string safe;
  safe.reserve(text.size());
  while (!text.empty()) {
    char32_t point = 0;
    const std::size_t length = utf8_length(text, point);
    if (length > 0 && !is_unsafe(point)) {
      safe.append(text.substr(0, length));
      text.remove_prefix(length);
      continue;
    }
    if (text.front() == '\n')
      safe += "\\n";
    else if (text.front() == '\t')
      safe += "\\t";
    else
      for (const char c : text.substr(0, length == 0 ? 1 : length))
        safe += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return safe;
}

std::string printable_lines(std::string_view text) {
  std::string safe;
  for (std::size_t end = text.find_first_of("\n\t"); end != std::string_view::npos;
       end = text.find_first_of("\n\t")) {
    safe += printable(text.substr(0, end));
    safe += text[end];
    text.remove_prefix(end + 1);
  }
  return safe + printable(text);
}

std::string shortened(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes)
    return std::string(text);
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80U)
    --bytes;
  return std::string(text.substr(0, bytes)) + " …";
}

std::string_view fitting(std::string_view text, std::size_t columns) {
  std::size_t end = 0;
  while (end < text.size()) {
    char32_t point = 0;
    const std::size_t length = utf8_length(text.substr(end), point);
    const std::size_t width = length > 0 && is_wide(point) ? 2U : 1U;
    if (width > columns)
      break;
    columns -= width;
    end += length == 0 ? 1 : length;
  }
  return text.substr(0, end);
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    char32_t point = 0;
    const std::size_t length = utf8_length(text, point);
    width += length > 0 && is_wide(point) ? 2U : 1U;
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return width;
}

std::string human_size(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 5> units{"B", "KiB", "MiB", "GiB", "TiB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1024 && unit + 1 < units.size()) {
    value /= 1024;
    ++unit;
  }
  return unit == 0 || value >= 100 ? fmt::format("{:.0f} {}", value, units.at(unit))
                                   : fmt::format("{:.1f} {}", value, units.at(unit));
}

std::string human_duration(std::chrono::milliseconds duration) {
  const auto total = duration.count();
  if (total < 10000)
    return fmt::format("{}.{} s", total / 1000, total % 1000 / 100);
  if (total < 60000)
    return fmt::format("{} s", total / 1000);
  return fmt::format("{} min {:02} s", total / 60000, total / 1000 % 60);
}

std::string in_url(const std::string& host) {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

std::string count_of(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace omsctl::base
