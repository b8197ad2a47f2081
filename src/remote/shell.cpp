#include "omsctl/remote/shell.hpp"

#include "omsctl/base/error.hpp"
#include "omsctl/base/text.hpp"

namespace omsctl::remote {
namespace {

/// Not isalnum(): that one asks the locale.
constexpr std::string_view bare =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789@%+=:,./_-";

}  // namespace

std::string quote(std::string_view word) {
  if (word.find('\0') != std::string_view::npos)
    throw base::Error(base::Code::internal, "a shell word cannot hold a NUL byte");
  if (!word.empty() && word.find_first_not_of(bare) == std::string_view::npos)
    return std::string(word);
  std::string quoted = "'";
  for (const char byte : word) {
    if (byte == '\'')
      quoted += "'\\''";
    else
      quoted += byte;
  }
  return quoted + "'";
}

std::string command_line(const Argv& argv) {
  std::vector<std::string> words;
  words.reserve(argv.size());
  for (const std::string& word : argv)
    words.push_back(quote(word));
  return base::join(words, " ");
}

}  // namespace omsctl::remote
