#include "omsctl/facts/probe_script.hpp"

#include <charconv>
#include <random>
#include <utility>

#include <fmt/format.h>

namespace omsctl::facts {

ProbeScript::ProbeScript() {
  std::random_device random;
  nonce_ = fmt::format("omsctl-{:08x}{:08x}{:08x}{:08x}", random(), random(), random(), random());
}

void ProbeScript::ask(std::string name, remote::Call call, int seconds) {
  deadline_ += seconds;
  names_.push_back(std::move(name));
  questions_.push_back({std::move(call), seconds});
}

std::string ProbeScript::text() const {
  return remote::framed_text(questions_, nonce_);
}

std::map<std::string, Answer> ProbeScript::answers(std::string_view output) const {
  std::map<std::string, Answer> found;
  const auto none = std::string_view::npos;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    Answer& answer = found[names_[i]];
    const std::string begin = fmt::format("{} {}\n", nonce_, i);
    const std::string middle = fmt::format("\n{} =", nonce_);
    const std::string end = fmt::format("\n{} .\n", nonce_);
    const std::size_t from = output.find(begin);
    const std::size_t start = from == none ? none : from + begin.size();
    const std::size_t stop = from == none ? none : output.find(middle, start - 1);
    const std::size_t line = stop == none ? none : output.find('\n', stop + middle.size());
    const std::size_t last = line == none ? none : output.find(end, line);
    if (last == none)
      continue;
    answer.text = stop < start ? "" : output.substr(start, stop - start);
    answer.err = line + 1 > last ? "" : output.substr(line + 1, last - line - 1);
    const std::string_view status = output.substr(stop + middle.size());
    std::from_chars(status.data(), status.data() + status.size(), answer.status);
  }
  return found;
}

}  // namespace omsctl::facts
