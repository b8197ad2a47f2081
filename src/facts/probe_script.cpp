#include "omsctl/facts/probe_script.hpp"

#include <charconv>
#include <random>
#include <utility>

#include <fmt/format.h>

#include "omsctl/remote/shell.hpp"

namespace omsctl::facts {

ProbeScript::ProbeScript() {
  std::random_device random;
  nonce_ = fmt::format("omsctl-{:08x}{:08x}{:08x}{:08x}", random(), random(), random(), random());
}

void ProbeScript::ask(std::string name, std::string script, int seconds) {
  deadline_ += seconds;
  questions_.push_back({std::move(name), std::move(script), seconds});
}

std::string ProbeScript::text() const {
  std::string text;
  for (std::size_t i = 0; i < questions_.size(); ++i)
    text += fmt::format(
        "echo '{0} {1}'\ntimeout -k 2 {2} sh -c {3} </dev/null 2>&1\nprintf '\\n{0} =%s\\n' $?\n",
        nonce_,
        i,
        questions_[i].seconds,
        remote::quote(questions_[i].script));
  return text;
}

std::map<std::string, Answer> ProbeScript::answers(std::string_view output) const {
  std::map<std::string, Answer> found;
  for (std::size_t i = 0; i < questions_.size(); ++i) {
    Answer& answer = found[questions_[i].name];
    const std::string begin = fmt::format("{} {}\n", nonce_, i);
    const std::string end = fmt::format("\n{} =", nonce_);
    const std::size_t from = output.find(begin);
    if (from == std::string_view::npos)
      continue;
    const std::size_t start = from + begin.size();
    const std::size_t stop = output.find(end, start - 1);
    if (stop == std::string_view::npos)
      continue;
    answer.text = stop < start ? "" : output.substr(start, stop - start);
    const std::string_view status = output.substr(stop + end.size());
    std::from_chars(status.data(), status.data() + status.size(), answer.status);
  }
  return found;
}

}  // namespace omsctl::facts
