#include <csignal>
#include <cstdio>
#include <exception>

#include "omsctl/cli/commands.hpp"

namespace {

int run(int argc, const char* const* argv) noexcept {
  // Inherited as ignored (some supervisors do), it would make every child's exit status vanish.
  (void)std::signal(SIGCHLD, SIG_DFL);
  // A reader that closes its end (| head) must not kill a run: its writes fail instead.
  (void)std::signal(SIGPIPE, SIG_IGN);
  try {
    return omsctl::cli::run_command_line(argc, argv);
  } catch (const std::exception& error) {
    (void)std::fputs("omsctl: internal error: ", stderr);
    (void)std::fputs(error.what(), stderr);
    (void)std::fputs("\n", stderr);
  } catch (...) {
    (void)std::fputs("omsctl: internal error\n", stderr);
  }
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  return run(argc, argv);
}
