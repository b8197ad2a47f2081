#include "unknown_word.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "omsctl/base/text.hpp"

namespace omsctl::cli {
namespace {

/// Letters inserted, left out, replaced or swapped with their neighbour on the way from `a` to `b`.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> ways(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i)
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        ways[i][j] = i + j;
        continue;
      }
      ways[i][j] = std::min({ways[i - 1][j] + 1,
                             ways[i][j - 1] + 1,
                             ways[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        ways[i][j] = std::min(ways[i][j], ways[i - 2][j - 2] + 1);
    }
  return ways[a.size()][b.size()];
}

/// The one of `known` that was probably meant; empty when none is near.
std::string nearest(std::string_view word, const std::vector<std::string>& known) {
  constexpr std::size_t telling = 3;  // letters of a beginning, or for each mistake
  std::string found;
  std::size_t least = std::max<std::size_t>(1, word.size() / telling) + 1;
  for (const std::string& each : known) {
    const bool begun = word.size() >= telling && each.starts_with(word);
    const std::size_t far = begun ? 1 : distance(word, each);
    if (far < least) {
      least = far;
      found = each;
    }
  }
  return found;
}

std::vector<std::string> commands_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({}))
    names.push_back(command->get_name());
  return names;
}

std::vector<std::string> options_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames())
      names.push_back("--" + name);
  return names;
}

std::string tell(const CLI::App& app, const std::string& path, const std::string& word) {
  const std::vector<std::string> commands = commands_of(app);
  const bool is_option = word.starts_with('-');
  if (commands.empty() && !is_option)
    return fmt::format("{}: unexpected argument \"{}\"", path, word);
  const std::string name = is_option ? word.substr(0, word.find('=')) : word;
  const std::string meant = nearest(name, is_option ? options_of(app) : commands);
  std::string text =
      fmt::format("{}: unknown {} \"{}\"", path, is_option ? "option" : "command", name);
  if (!meant.empty())
    text += fmt::format("; did you mean \"{}\"?", meant);
  else if (is_option && !commands.empty())
    text += "; options follow the command";
  return text;
}

}  // namespace

std::string unknown_word(const CLI::App& app, const CLI::ParseError& error) {
  const auto is = [&](CLI::ExitCodes code) {
    return error.get_exit_code() == static_cast<int>(code);
  };
  if (!is(CLI::ExitCodes::RequiredError) && !is(CLI::ExitCodes::ExtrasError))
    return "";
  std::string path = app.get_name();
  for (const CLI::App* level = &app;;) {
    if (const std::vector<std::string> left = level->remaining(); !left.empty())
      return tell(*level, path, left.front());
    const std::vector<CLI::App*> typed = level->get_subcommands();
    if (typed.empty())
      return level->get_require_subcommand_min() > 0
                 ? fmt::format(
                       "{}: a command is missing: {}", path, base::join(commands_of(*level), ", "))
                 : "";
    level = typed.front();
    path += " " + level->get_name();
  }
}

}  // namespace omsctl::cli
