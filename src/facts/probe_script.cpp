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
  // Descriptor 3 is stdout, since stdout itself is the pipe that collects stderr.
  std::string text = "exec 3>&1\n";
  for (std::size_t i = 0; i < questions_.size(); ++i)
    text += fmt::format(
        "echo '{0} {1}'\n"
        "e=$(timeout -k 2 {2} sh -c {3} </dev/null 2>&1 >&3 3>&-)\n"
        "printf '\\n{0} =%s\\n%s\\n{0} .\\n' $? \"$e\"\n",
        nonce_,
        i,
        questions_[i].seconds,
        remote::quote(questions_[i].script));
  return text;
}

std::map<std::string, Answer> ProbeScript::answers(std::string_view output) const {
  std::map<std::string, Answer> found;
  const auto none = std::string_view::npos;
  for (std::size_t i = 0; i < questions_.size(); ++i) {
    Answer& answer = found[questions_[i].name];
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
