/// Many questions to a host as one script, and its answers told apart again.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "omsctl/remote/script.hpp"

namespace omsctl::facts {

/// What one question brought: its exit status (124: too slow) and what it printed.
struct Answer {
  int status = -1;
  std::string text;  ///< stdout, byte for byte
  std::string
      err{};  ///< stderr, without its last line end: a warning there is no part of an answer
  [[nodiscard]] bool ok() const noexcept { return status == 0; }
};

/// Questions that travel together: a phase costs one round trip a host, not one a question (design
/// §7).
class ProbeScript {
 public:
  ProbeScript();
  /// Adds a question: it gets no stdin and at most `seconds`.
  void ask(std::string name, remote::Call call, int seconds = 20);
  [[nodiscard]] std::string text() const;
  /// Long enough for all questions, in seconds.
  [[nodiscard]] int deadline() const noexcept { return deadline_; }
  /// The answers by name. A question that is missing in `output` has status -1. The frame carries
  /// 128 random bits, so no answer can look like one.
  [[nodiscard]] std::map<std::string, Answer> answers(std::string_view output) const;

 private:
  std::string nonce_;
  std::vector<std::string> names_;
  std::vector<remote::Question> questions_;  // of the same order
  int deadline_ = 10;
};

}  // namespace omsctl::facts
