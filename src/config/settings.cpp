#include "omsctl/config/settings.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "omsctl/base/error.hpp"
#include "omsctl/base/files.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/remote/shell.hpp"

#include "document.hpp"
#include "entries.hpp"
#include "problems.hpp"
#include "rules.hpp"

namespace omsctl::config {
namespace {

/// A config.yaml has two kilobytes; what is far larger is another file, and would take seconds.
constexpr std::size_t largest_file = 256UL * 1024UL;

LoadedSettings refused(std::string message, std::string hint) {
  LoadedSettings loaded;
  loaded.problems.push_back({.message = std::move(message), .hint = std::move(hint)});
  return loaded;
}

LoadedSettings too_large(std::size_t size) {
  return refused(
      fmt::format("the file has {}: too large for a config.yaml", base::human_size(size)),
      "name the config.yaml of OMS");
}

/// What YAML readers take: UTF-8 without control characters (a lone CR among them) but tabs.
bool is_text(std::string_view line) {
  return base::is_utf8(line) && std::none_of(line.begin(), line.end(), [](char c) {
           return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F;
         });
}

/// The first line of `lines` that is none.
std::optional<std::size_t> first_binary_line(const std::vector<std::string>& lines) {
  for (std::size_t i = 0; i < lines.size(); ++i)
    if (!is_text(lines[i]))
      return i;
  return std::nullopt;
}

/// Characters that an editor hides: YAML 1.1 ends a line at some of them, the others hide in
/// values.
void check_invisible(Problems& findings) {
  static constexpr std::array<std::string_view, 3> breaks{
      "\xC2\x85", "\xE2\x80\xA8", "\xE2\x80\xA9"};
  static constexpr std::array<std::string_view, 7> others{"\xC2\xA0",
                                                          "\xE3\x80\x80",
                                                          "\xE2\x80\x8B",
                                                          "\xE2\x80\x8C",
                                                          "\xE2\x80\x8D",
                                                          "\xE2\x81\xA0",
                                                          "\xEF\xBB\xBF"};
  for (std::size_t i = 0; i < findings.lines().size(); ++i) {
    const std::string& line = findings.lines()[i];
    for (const std::string_view character : breaks)
      if (const std::size_t place = line.find(character); place != std::string::npos)
        findings.error(
            {i, place}, "an invisible character here ends the line for OMS", "type the line anew");
    for (const std::string_view character : others)
      if (const std::size_t place = line.find(character); place != std::string::npos)
        findings.warning(
            {i, place}, "an invisible character or a blank that is none", "type the line anew");
  }
}

void check_line_ends(const std::string& text, Problems& findings) {
  const std::size_t windows = text.find("\r\n");
  if (windows != std::string::npos)
    findings.warning("the lines end as on Windows (CR LF)", "convert it: sed -i 's/\\r$//' FILE");
}

[[noreturn]] void fail_to_read(const std::string& path, int number) {
  throw base::Error(
      base::Code::config,
      fmt::format("cannot read {}: {}", path, std::generic_category().message(number)),
      "name OMS's config.yaml with -c");
}

/// Opens what `path` names, or throws Error{config}.
base::Fd open_config(const std::string& path, struct stat& status) {
  base::Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd || ::fstat(fd.get(), &status) != 0)
    fail_to_read(path, errno);
  if (S_ISDIR(status.st_mode))
    fail_to_read(path, EISDIR);
  if (!S_ISREG(status.st_mode))
    throw base::Error(base::Code::config,
                      fmt::format("cannot read {}: it is not a regular file", path),
                      "name OMS's config.yaml with -c");
  return fd;
}

std::string read_all(int fd, const std::string& path, std::size_t size) {
  std::string text(size + 1, '\0');
  std::size_t filled = 0;
  while (filled < text.size()) {
    const ssize_t got = ::read(fd, text.data() + filled, text.size() - filled);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      fail_to_read(path, errno);
    if (got == 0)
      break;
    filled += static_cast<std::size_t>(got);
  }
  text.resize(filled);
  return text;
}

}  // namespace

bool LoadedSettings::has_errors() const {
  return std::any_of(
      problems.begin(), problems.end(), [](const Problem& problem) { return problem.is_error; });
}

std::string describe(const std::string& file, const Problem& problem) {
  std::string text = base::printable(file);
  if (problem.line > 0)
    text += fmt::format(":{}:{}", problem.line, problem.column);
  text += fmt::format(
      ": {}: {}", problem.is_error ? "error" : "warning", base::printable(problem.message));
  if (problem.line > 0)
    text += fmt::format("\n  {} | {}", problem.line, problem.excerpt);
  if (!problem.hint.empty())
    text += fmt::format("\n  hint: {}", base::printable(problem.hint));
  return text;
}

LoadedSettings load_settings(const std::string& text, Origin origin) {
  if (text.size() > largest_file)
    return too_large(text.size());
  const bool marked = text.starts_with(byte_order_mark);
  const std::string body = marked ? text.substr(byte_order_mark.size()) : text;
  Problems findings(body, origin);
  LoadedSettings loaded;
  if (const auto line = first_binary_line(findings.lines())) {
    findings.error(
        {*line, 0}, "this is not UTF-8 text", "save the file as UTF-8 without control characters");
    loaded.problems = findings.take();
    return loaded;
  }
  if (marked)
    findings.warning("the file begins with a byte order mark", "save it as UTF-8 without BOM");
  check_line_ends(body, findings);
  check_invisible(findings);
  const Entries entries = read_entries(body, findings);
  if (!entries.keys.empty() || !entries.broken.empty())
    loaded.settings = read_settings(entries, findings);
  loaded.problems = findings.take();
  if (loaded.has_errors())
    loaded.settings.reset();
  return loaded;
}

LoadedSettings load_settings_file(const std::string& path) {
  struct stat status {};
  const base::Fd fd = open_config(path, status);
  const auto size = static_cast<std::size_t>(status.st_size);
  LoadedSettings loaded = size > largest_file
                              ? too_large(size)
                              : load_settings(read_all(fd.get(), path, size), Origin::target);
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) == 0)
    return loaded;
  const Problem open_to_others{
      .message = fmt::format(
          "others than its owner may read or change the file (mode {:04o}), and it holds passwords",
          status.st_mode & 07777U),
      .hint = "chmod 600 " + remote::quote(path)};
  loaded.problems.insert(loaded.problems.begin(), open_to_others);
  loaded.settings.reset();
  return loaded;
}

}  // namespace omsctl::config
