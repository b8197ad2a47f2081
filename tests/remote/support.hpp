/// Small helpers of the remote room's tests.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <random>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "omsctl/base/clock.hpp"
#include "omsctl/base/files.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/remote/host.hpp"
#include "omsctl/remote/shell.hpp"

namespace omsctl::remote::testing {

/// Far longer than anything here takes: a test that needs it has failed.
inline constexpr base::Milliseconds generous{60'000};

/// Whether process `pid` exists and is no zombie.
inline bool is_running(pid_t pid) {
  const auto path = std::filesystem::path("/proc") / std::to_string(pid) / "stat";
  if (!std::filesystem::exists(path))
    return false;
  try {
    const std::string stat = base::read_file(path);
    const auto end_of_name = stat.rfind(')');
    return end_of_name != std::string::npos && stat.at(end_of_name + 2) != 'Z';
  } catch (const std::exception&) {
    return false;
  }
}

/// Waits until process `pid` is gone.
inline bool has_ended(pid_t pid) {
  base::SystemClock clock;
  return base::wait_until(clock, generous, base::Milliseconds(10), {}, [&] {
           return !is_running(pid);
         }) == base::Waited::held;
}

/// How a script that says its pid and goes on was ended, and that pid.
struct Stopped {
  Result result;
  std::string pid;
};

/// Stops such a script on `host` as soon as it has said its pid.
inline Stopped stop_a_running_script(Host& host) {
  std::stop_source source;
  std::string pid;
  Result result = host.run({.script = "echo $$; exec sleep 300",
                            .on_output =
                                [&](std::string_view text) {
                                  pid += text;
                                  source.request_stop();
                                }},
                           source.get_token());
  return {std::move(result), std::move(pid)};
}

/// Words of bytes 1 to 255, lengths 0 to 63; shell metacharacters are frequent.
inline Argv random_words(unsigned seed, std::size_t count) {
  std::mt19937 random(seed);
  const std::string_view special = "'\"\\$`!\n\t *?[]{}()<>|&;#~%-=^";
  Argv words;
  for (std::size_t i = 0; i < count; ++i) {
    std::string word;
    for (std::size_t length = random() % 64; length > 0; --length)
      word += random() % 3 == 0 ? special[random() % special.size()]
                                : static_cast<char>(1 + random() % 255);
    words.push_back(word);
  }
  return words;
}

/// A script that prints `words`, each followed by a NUL byte.
inline std::string printing_script(const Argv& words) {
  return "printf '%s\\000' " + command_line(words);
}

/// What printing_script(words) prints.
inline std::string printed(const Argv& words) {
  std::string text;
  for (const std::string& word : words)
    text += word + '\0';
  return text;
}

}  // namespace omsctl::remote::testing
