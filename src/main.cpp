#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <initializer_list>

#include "omsctl/cli/app.hpp"

namespace {

int run(int argc, const char* const* argv) noexcept {
  // Inherited as ignored (some supervisors do), it would make every child's exit status vanish.
  (void)std::signal(SIGCHLD, SIG_DFL);
  // A reader that closes its end (| head) must not kill a run: its writes fail instead.
  (void)std::signal(SIGPIPE, SIG_IGN);
  // Closed ones would be given to the next file that is opened, which then gets what is meant for
  // the operator.
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(descriptor, F_GETFD) == -1 && ::open("/dev/null", O_RDWR) == -1)
      return 1;
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
