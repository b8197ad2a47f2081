#include "omsctl/remote/handover.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "omsctl/base/error.hpp"
#include "omsctl/remote/script.hpp"

namespace omsctl::remote {
namespace {

/// Linux: MAX_ARG_STRLEN, the NUL included. sshd hands the whole line to the login shell as one
/// argument.
constexpr std::size_t longest_argument = 128UL * 1024 - 1;

/// timeout(1) and this clock may differ by a little.
constexpr base::Milliseconds tolerance{100};

constexpr int status_ssh_failed = 255;
constexpr int status_timeout_term = 124;
constexpr int status_timeout_kill = 137;

/// `script` as a printf format inside single quotes. In those, sh, csh and fish agree on every byte
/// but these: ' ends them everywhere, \\ and \' are escapes in fish, ! and newline are special in
/// csh. Bytes that are no printable ASCII travel as octal too: fish decodes its command line.
std::string as_printf_format(std::string_view script) {
  std::string format;
  format.reserve(script.size() + script.size() / 4);
  for (const char byte : script) {
    const auto value = static_cast<unsigned char>(byte);
    const bool octal = value < ' ' || value > '~' || byte == '\'' || byte == '\\' || byte == '!' ||
                       (byte == '-' && format.empty());  // would be read as an option of printf
    if (octal)
      format += fmt::format("\\{:03o}", value);
    else if (byte == '%')
      format += "%%";
    else
      format += byte;
  }
  return format;
}

void refuse_impossible(std::string_view script, std::size_t length) {
  if (script.find('\0') != std::string_view::npos)
    throw base::Error(base::Code::internal, "a script cannot hold a NUL byte");
  if (length > longest_argument)
    throw base::Error(
        base::Code::internal,
        fmt::format(
            "a script takes {} bytes as one argument, more than {}: send data through its stdin",
            length,
            longest_argument));
}

bool is_timeout(const Result& result, base::Seconds deadline) {
  return result.ending == Ending::exited && result.elapsed + tolerance >= deadline &&
         (result.exit_code == status_timeout_term || result.exit_code == status_timeout_kill);
}

}  // namespace

base::Seconds remote_deadline(base::Milliseconds deadline) {
  return std::max(std::chrono::ceil<base::Seconds>(deadline), base::Seconds(1));
}

std::string handover_text(std::string_view script, base::Seconds deadline, bool sudo) {
  std::string text = fmt::format(
      "/bin/sh -c 'eval \"$(printf \"$1\")\"; hand_over \"$2\" \"$3\" \"$(printf \"$4\")\"' omsctl "
      "'{}' {} {} '{}'",
      as_printf_format(bare_functions({"hand_over"})),
      deadline.count(),
      sudo ? "yes" : "no",
      as_printf_format(script));
  refuse_impossible(script, text.size());
  return text;
}

std::string without_greeting(std::string out) {
  const std::size_t mark = out.find(handover_mark);
  if (mark != std::string::npos)
    out.erase(0, mark + handover_mark.size());
  return out;
}

std::function<void(std::string_view)> behind_greeting(
    std::function<void(std::string_view)> on_output) {
  if (!on_output)
    return {};
  return [on_output = std::move(on_output), seen = std::string(), begun = false](
             std::string_view piece) mutable {
    if (begun) {
      on_output(piece);
      return;
    }
    seen.append(piece);
    const std::size_t mark = seen.find(handover_mark);
    begun = mark != std::string::npos;
    if (begun && seen.size() > mark + handover_mark.size())
      on_output(std::string_view(seen).substr(mark + handover_mark.size()));
    // The mark may come in two pieces; a greeting of any length needs no more memory than that.
    if (begun)
      seen.clear();
    else if (seen.size() > handover_mark.size())
      seen.erase(0, seen.size() - handover_mark.size());
  };
}

Argv local_argv(std::string_view script, base::Seconds deadline, bool sudo) {
  refuse_impossible(script, script.size());
  Argv argv;
  if (sudo)
    argv = {"sudo", "-n"};
  const auto seconds = std::to_string(deadline.count());
  for (const char* word :
       {"env", "LC_ALL=C", "timeout", "-k", "10", seconds.c_str(), "/bin/sh", "-c"})
    argv.emplace_back(word);
  argv.emplace_back(script);
  return argv;
}

Result read_session_end(Result result, base::Seconds deadline) {
  const bool lost = result.ending == Ending::signalled || result.ending == Ending::timed_out ||
                    (result.ending == Ending::exited && result.exit_code == status_ssh_failed);
  if (lost) {
    result.ending = Ending::unknown;
    result.exit_code = -1;
  } else if (is_timeout(result, deadline)) {
    result.ending = Ending::timed_out;
  }
  return result;
}

Result read_local_end(Result result, base::Seconds deadline) {
  constexpr int signal_base = 128;
  if (result.ending == Ending::signalled) {
    result.ending = Ending::exited;
    result.exit_code = signal_base + result.signal;
    result.signal = 0;
  }
  if (result.exit_code == status_ssh_failed)
    result.exit_code = status_ssh_failed - 1;
  if (is_timeout(result, deadline))
    result.ending = Ending::timed_out;
  return result;
}

}  // namespace omsctl::remote
