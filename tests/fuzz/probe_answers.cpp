// The answers to a script of questions are told apart byte for byte, whatever they say; and what
// a host sends instead harms nobody.
#include "omsctl/base/text.hpp"
#include "omsctl/facts/probe_script.hpp"

#include "fuzz.hpp"

using namespace omsctl;

namespace {

constexpr std::size_t questions = 3;
constexpr std::string_view frame = "NONCE";  // stands for the random word in an input

std::string nonce_of(const facts::ProbeScript& script) {
  const std::string text = script.text();
  const std::string call = "\nframed ";
  const std::size_t begin = text.find(call) + call.size();
  return text.substr(begin, text.find(' ', begin) - begin);
}

std::string with_nonce(std::string text, const std::string& nonce) {
  for (std::size_t at = text.find(frame); at != std::string::npos; at = text.find(frame, at))
    text.replace(at, frame.size(), nonce);
  return text;
}

/// As the script prints them: what a question printed, its status, and what it said on stderr.
std::string framed(const std::vector<std::string>& parts, const std::string& nonce) {
  std::string text;
  for (std::size_t i = 0; i < questions; ++i)
    text += nonce + " " + std::to_string(i) + "\n" + parts[2 * i] + "\n" + nonce + " =" +
            std::to_string(parts[2 * i].size() % 256) + "\n" + parts[2 * i + 1] + "\n" + nonce +
            " .\n";
  return text;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string input = fuzz::text_of(data, size);
  static const facts::ProbeScript script = [] {
    facts::ProbeScript made;
    for (std::size_t i = 0; i < questions; ++i)
      made.ask(std::to_string(i), {"host_clock"});
    return made;
  }();
  static const std::string nonce = nonce_of(script);
  fuzz::require(script.answers(with_nonce(input, nonce)).size() == questions,
                "every question has an answer, or the word that it has none");
  if (input.find(nonce) != std::string::npos)  // libFuzzer sees what is compared; a host does not
    return 0;
  std::vector<std::string> parts = base::split(input, '|');
  parts.resize(2 * questions);
  const auto answers = script.answers(framed(parts, nonce));
  for (std::size_t i = 0; i < questions; ++i) {
    const facts::Answer& answer = answers.at(std::to_string(i));
    fuzz::require(answer.text == parts[2 * i], "stdout comes byte for byte");
    fuzz::require(answer.err == parts[2 * i + 1], "and so does stderr");
    fuzz::require(answer.status == static_cast<int>(parts[2 * i].size() % 256), "and the status");
  }
  return 0;
}
