#include "omsctl/run/store/next_command.hpp"

#include <fmt/format.h>

#include "omsctl/base/error.hpp"
#include "omsctl/remote/shell.hpp"
#include "omsctl/run/store/directory.hpp"

namespace omsctl::run {
namespace {

bool is_default(const std::filesystem::path& state) {
  try {
    return state == default_state_directory();
  } catch (const base::Error&) {
    return false;  // there is none
  }
}

}  // namespace

std::string to_type(std::string_view command, const std::filesystem::path& run) {
  const auto state = run.parent_path().parent_path();
  const std::string place =
      is_default(state) ? "" : " --state-dir " + remote::quote(state.string());
  return fmt::format("omsctl {} {}{}", command, run.filename().string(), place);
}

std::string last_words(const std::filesystem::path& directory, bool back) {
  return fmt::format("\nexiting now; continue with: {}\n",
                     back ? to_type("rollback", directory)
                          : fmt::format("{}   or back with: {}",
                                        to_type("resume", directory),
                                        to_type("rollback", directory)));
}

}  // namespace omsctl::run
