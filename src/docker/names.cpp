#include "omsctl/docker/names.hpp"

#include <algorithm>
#include <vector>

#include "omsctl/base/text.hpp"

namespace omsctl::docker {
namespace {

constexpr std::string_view letters_and_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::size_t longest_path = 4095;  // Linux: PATH_MAX with its NUL is 4096

/// Whether `text` begins with a letter or digit and goes on with those and `others`.
bool is_word(std::string_view text, std::string_view others) {
  return !text.empty() && letters_and_digits.find(text.front()) != std::string_view::npos &&
         std::all_of(text.begin(), text.end(), [&](char c) {
           return letters_and_digits.find(c) != std::string_view::npos ||
                  others.find(c) != std::string_view::npos;
         });
}

}  // namespace

bool is_container_name(std::string_view name) {
  return is_word(name, "_.-");
}

bool is_image_reference(std::string_view reference) {
  return is_word(reference, "._-/:@");
}

bool is_plain_text(std::string_view text) {
  return base::is_utf8(text) && std::none_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
         });
}

std::string path_problem(std::string_view path) {
  if (!path.starts_with('/'))
    return "is not absolute";
  if (!is_plain_text(path) || path.find("\xEF\xBF\xBD") != std::string_view::npos)
    return "holds a control character or is no UTF-8 text";
  if (path == "/")
    return "is the root directory";
  if (path.size() > longest_path)
    return "is longer than a path can be";
  const std::vector<std::string> parts = base::split(path.substr(1), '/');
  const bool is_normal = std::none_of(parts.begin(), parts.end(), [](const std::string& part) {
    return part.empty() || part == "." || part == "..";
  });
  return is_normal ? "" : R"(has a part that is empty, "." or "..")";
}

}  // namespace omsctl::docker
