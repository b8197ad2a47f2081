#include "omsctl/remote/ssh_host.hpp"

#include <arpa/inet.h>

#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "omsctl/base/error.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/remote/handover.hpp"
#include "omsctl/remote/privilege.hpp"
#include "omsctl/remote/script.hpp"

namespace omsctl::remote {
namespace {

constexpr base::Seconds probe_deadline{30};
constexpr int status_no_such_command = 127;

Result not_handed_over(const Connection& connection, const std::stop_token& stop) {
  Result result;
  result.ending = stop.stop_requested() ? Ending::cancelled : Ending::unreachable;
  result.err = connection.reason;
  return result;
}

ProcessSpec session_of(const HostCommand& command, Argv argv, base::Milliseconds deadline) {
  return {.argv = std::move(argv),
          .input = command.input,
          .input_fd = command.input_fd,
          .on_output = behind_greeting(command.on_output),
          .deadline = deadline};
}

}  // namespace

SshHost::SshHost(std::string name,
                 ReachOptions reach,
                 const std::filesystem::path& directory,
                 std::size_t index)
    : name_(std::move(name)),
      prefix_(directory / std::to_string(index)),
      master_({.host = name_, .reach = std::move(reach), .control = prefix_.string() + ".s"},
              prefix_.string() + ".log") {}

Connection SshHost::connect(const std::stop_token& stop) {
  return open(stop).connection;
}

SshHost::Opened SshHost::open(const std::stop_token& stop) {
  const std::lock_guard lock(mutex_);
  const bool known = connection_.reachable && connection_.privileged;
  if (!master_.is_alive()) {
    const Connection started = start_master(stop);
    if (!started.reachable) {
      connection_ = started;
      return {connection_, sudo_, master_.generation()};
    }
  }
  if (!known)
    connection_ = find_privilege(stop);
  return {connection_, sudo_, master_.generation()};
}

Connection SshHost::start_master(const std::stop_token& stop) {
  Connection started = master_.start(stop);
  if (started.reachable)
    std::erase_if(forwardings_,
                  [this](const Forwarding& forwarding) { return !renew(forwarding); });
  return started;
}

/// False when the new master does not forward: then the next forward() says why.
bool SshHost::renew(const Forwarding& forwarding) {
  try {
    master_.forward(forwarding.socket, forwarding.address, forwarding.port);
    return true;
  } catch (const base::Error&) {
    return false;
  }
}

Connection SshHost::find_privilege(const std::stop_token& stop) {
  const SshTarget& target = master_.target();
  const Result result = run_process(
      {.argv = session_argv(
           target, handover_text(text_of({{"privilege"}}), probe_deadline, false), next_refusal()),
       .deadline = probe_deadline + handover_slack},
      stop);
  const std::optional<Privilege> found = read_privilege(without_greeting(result.out));
  if (!found) {
    Connection connection = diagnose(target, result.err + without_greeting(result.out));
    const bool handed_over = result.out.find(handover_mark) != std::string::npos;
    if (handed_over && result.exit_code == status_no_such_command)
      connection.failure = "command";  // each handover takes env and timeout
    else if (result.ending == Ending::exited && result.exit_code != 255)
      connection.failure = "authentication";  // a login that runs no commands
    return connection;
  }
  sudo_ = !found->root;
  return privilege_answer(name_, *found, result.err);
}

Result SshHost::run(const HostCommand& command, const std::stop_token& stop) {
  for (;;) {
    const SessionSlots::Slot slot = slots_.take(stop);
    if (!slot)
      return not_handed_over({}, stop);
    if (std::optional<Result> result = hand_over(command, stop))
      return *std::move(result);
  }
}

/// Nothing when the server has no place for one more session and a later try may find one.
std::optional<Result> SshHost::hand_over(const HostCommand& command, const std::stop_token& stop) {
  const Opened opened = open(stop);
  if (!opened.connection.reachable || !opened.connection.privileged)
    return not_handed_over(opened.connection, stop);
  const base::Seconds deadline = remote_deadline(command.deadline);
  const std::filesystem::path refusal = next_refusal();
  Argv argv =
      session_argv(master_.target(), handover_text(command.script, deadline, opened.sudo), refusal);
  Result result = read_session_end(
      run_process(session_of(command, std::move(argv), deadline + handover_slack), stop), deadline);
  result.out = without_greeting(std::move(result.out));
  if (result.ending != Ending::unknown || !was_refused(refusal, opened.generation))
    return result;
  if (slots_.shrink())
    return std::nullopt;
  result.ending = Ending::unreachable;
  return result;
}

/// The client fell back to its own connection (which `refusal` shows) although the master lives: so
/// the master said no, and the command was never handed over. With a dead master nothing is proven.
bool SshHost::was_refused(const std::filesystem::path& refusal, unsigned generation) {
  std::error_code error;
  if (!std::filesystem::remove(refusal, error))
    return false;
  const std::lock_guard lock(mutex_);
  return master_.generation() == generation && master_.is_alive();
}

std::filesystem::path SshHost::next_refusal() {
  return prefix_.string() + ".r" + std::to_string(++sessions_);
}

std::filesystem::path SshHost::forward(const std::string& address, std::uint16_t port) {
  in6_addr unused{};
  const bool has_colon = address.find(':') != std::string::npos;
  if (!is_safe_name(address) || (has_colon && ::inet_pton(AF_INET6, address.c_str(), &unused) != 1))
    throw base::Error(base::Code::usage,
                      fmt::format("\"{}\" is no address", base::printable(address)));
  const Opened opened = open({});
  if (!opened.connection.reachable)
    throw base::Error(base::Code::remote,
                      fmt::format("{}: {}", name_, opened.connection.reason),
                      opened.connection.hint);
  const std::lock_guard lock(mutex_);
  for (const Forwarding& forwarding : forwardings_)
    if (forwarding.address == address && forwarding.port == port)
      return forwarding.socket;
  std::filesystem::path socket = prefix_.string() + ".f" + std::to_string(++sockets_);
  master_.forward(socket, address, port);
  forwardings_.push_back({address, port, socket});
  return socket;
}

}  // namespace omsctl::remote
