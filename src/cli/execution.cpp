#include "execution.hpp"

#include <poll.h>
#include <pwd.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include <fmt/format.h>

#include "omsctl/base/error.hpp"
#include "omsctl/base/files.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/run/store/next_command.hpp"
#include "omsctl/run/store/saved_run.hpp"

namespace omsctl::cli {

using base::Code;

namespace {

/// Until a line stands there to be read, the input has ended, or a stop is requested.
void wait_for_input(const std::stop_token& stop) {
  const base::Fd wake(::eventfd(0, EFD_CLOEXEC));
  if (!wake)
    throw base::Error(Code::internal, "cannot create an eventfd");
  const std::stop_callback on_stop(stop, [&wake] { ::eventfd_write(wake.get(), 1); });
  std::array<pollfd, 2> set{{{STDIN_FILENO, POLLIN, 0}, {wake.get(), POLLIN, 0}}};
  while (::poll(set.data(), set.size(), -1) < 0 && errno == EINTR) {
  }
}

}  // namespace

std::string who_asks() {
  for (const char* variable : {"SUDO_USER", "USER"})
    if (const char* user = std::getenv(variable); user != nullptr && *user != '\0')
      return user;
  const passwd* entry = ::getpwuid(::getuid());
  return entry == nullptr ? fmt::format("uid {}", ::getuid()) : entry->pw_name;
}

bool asked(const Options& options,
           Output& output,
           std::string_view what_this_does,
           const std::stop_token& stop) {
  const auto stop_if_requested = [&] {
    if (stop.stop_requested())
      throw base::Error(Code::interrupted, "interrupted; nothing was changed");
  };
  stop_if_requested();
  if (options.yes)
    return true;
  if (::isatty(STDIN_FILENO) == 0 || options.json)
    throw base::Error(Code::usage,
                      fmt::format("{}, and nobody can be asked here", what_this_does),
                      "review the output, then pass --yes");
  output.say("Type yes to continue:");
  wait_for_input(stop);
  stop_if_requested();
  std::string line;
  return std::getline(std::cin, line) && base::trim(line) == "yes";
}

bool confirmed(const Options& options, Output& output, const std::stop_token& stop) {
  if (asked(options, output, "this changes the deployment", stop))
    return true;
  output.result(0, "not confirmed: nothing was changed");
  return false;
}

metadb::Claim claim_of(const std::string& run, const std::string& command) {
  return {run, who_asks(), run::this_machine(), command};
}

std::string second_copy_of(const plan::Plan& plan) {
  for (const plan::Step* step : plan::steps_of(plan.stages))
    for (const plan::Action& action : step->apply)
      if (const auto* copy = std::get_if<plan::CopyRun>(&action))
        return fmt::format(
            "{}:{}", copy->host, std::filesystem::path(copy->path).parent_path().string());
  return "";
}

int exit_code_of(const run::Outcome& outcome) {
  using State = run::Outcome::State;
  switch (outcome.state) {
    case State::done:
      return 0;
    case State::incomplete:
      return base::exit_code(Code::rollback_incomplete);
    case State::undone:
    case State::stopped:
      return base::exit_code(Code::stopped);
    case State::unverified:
      return base::exit_code(Code::unverified);
    case State::interrupted:
      return base::exit_code(Code::interrupted);
  }
  return base::exit_code(Code::internal);
}

}  // namespace omsctl::cli
