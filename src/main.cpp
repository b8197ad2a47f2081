#include <cstdio>
#include <exception>

#include "omsctl/cli/commands.hpp"

namespace {

int run(int argc, const char* const* argv) noexcept {
  try {
    return omsctl::cli::run_command_line(argc, argv);
  } catch (const std::exception& error) {
    std::fputs("omsctl: internal error: ", stderr);
    std::fputs(error.what(), stderr);
    std::fputs("\n", stderr);
  } catch (...) {
    std::fputs("omsctl: internal error\n", stderr);
  }
  return 1;
}

}  // namespace

int main(int argc, char** argv) { return run(argc, argv); }
